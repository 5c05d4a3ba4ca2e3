// The words for each state of a login. They say what is true, and what to do next.

import { timeOfDay } from '../elements.js';
import { shortName } from '../people.js';
import { startCommand } from '../start-command.js';

/** @typedef {import('./backend.js').Refusal} Refusal */
/** @typedef {import('./scenarios.js').Ending} Ending */
/** @typedef {{ name: string, clientName: string, limits: { perMinute: number, perHour: number } }} Asked of whom, by whom */
/** @typedef {{ state: 'limited' | 'refused', short: string, error: string } & Ending} Refused */

const RESTART = startCommand('--limits off');

/**
 * Says why nobody was asked.
 * @param {Refusal} refusal
 * @param {Asked} asked
 * @returns {Refused}
 */
export function refused(refusal, asked) {
  if (refusal.error === 'access_denied') return limited(refusal, asked);
  const [title, text] = REFUSALS[refusal.error] ?? ['Refused', `The provider says: ${refusal.description}`];
  return { state: 'refused', short: 'refused', error: refusal.error, title, text };
}

/** @type {Record<string, [title: string, text: string]>} */
const REFUSALS = {
  unknown_user_id: ['Nobody has this name here', 'No user of this provider has this login hint, so no phone rang.'],
  invalid_binding_message: [
    'The phone may not show this',
    'A message has up to 64 letters, digits, punctuation marks, currency signs and spaces. No phone rang.',
  ],
  invalid_client: ['Unknown client', 'The provider does not know this client and its secret. No phone rang.'],
  invalid_scope: ['Not something to ask for', 'The scope is malformed. No phone rang.'],
  invalid_grant: ['The request is gone', 'The provider does not know this request. Ask again.'],
  temporarily_unavailable: ['The push went nowhere', 'No phone could be reached just now. Ask again in a moment.'],
  transaction_failed: ['No tokens could be made', 'The user approved, but something went wrong afterwards. Ask again.'],
  no_answer: [
    'The provider does not answer',
    `Start it with ${startCommand()}. This page goes on by itself when it is back.`,
  ],
};

/**
 * A refusal that leaves the user in peace. Its description says which limit it is.
 * @param {Refusal} refusal
 * @param {Asked} asked
 * @returns {Refused}
 */
function limited({ error, description, retryAfterSeconds = 0 }, asked) {
  const name = shortName(asked.name);
  const until = Date.now() + retryAfterSeconds * 1000;
  const again = `Ask again at ${timeOfDay(until, { seconds: retryAfterSeconds < 60 })}`;
  const ending = (/** @type {string} */ title, /** @type {string} */ text) =>
    /** @type {Refused} */ ({ state: 'limited', short: 'left in peace', error, title, text });
  if (description.startsWith('This user denied')) {
    return ending(
      `${name} said no a moment ago`,
      `${asked.clientName} has to leave ${name} in peace, longer after each denial. ${again}. No phone rang.`,
    );
  }
  if (description.startsWith('This client')) {
    return ending('This client asks too often', `${again}, or restart with ${RESTART}. No phone rang.`);
  }
  return ending(
    `${name} is left in peace`,
    `${name} was asked ${howOften(asked.limits, retryAfterSeconds)}. ${again}, or restart with ${RESTART}. No phone rang.`,
  );
}

/**
 * Says which limit was reached. In the last minute of an hour both windows end at the same instant.
 * @param {{ perMinute: number, perHour: number }} limits
 * @param {number} retryAfterSeconds
 */
function howOften({ perMinute, perHour }, retryAfterSeconds) {
  if (retryAfterSeconds > 60) return `${perHour} times within the hour`;
  const isLastMinute = new Date().getUTCMinutes() === 59;
  return isLastMinute
    ? `as often as is allowed: ${perMinute} times a minute, ${perHour} times an hour`
    : `${perMinute} times within the minute`;
}

/**
 * Says what is true while a login is open.
 * @param {import('./running-login.js').RunningLogin} login
 * @param {boolean} isUp whether the provider answers
 * @returns {{ title: string, text: string }}
 */
export function waitingWords(
  { progress, person, decision, isKnown, isNumberSent, asked: { delivery, numbers } },
  isUp,
) {
  if (!isUp) return UNREACHABLE;
  if (progress.state === 'asking')
    return { title: 'Asking…', text: 'The provider looks up the user and sends a push.' };
  const name = shortName(person.name);
  if (progress.state === 'stopped') {
    return {
      title: 'The client gave up',
      text: stopped(progress.expiresAt, { name, decision, isQuiet: person.isReported || !isKnown }),
    };
  }
  if (decision === 'approve' && numbers === 'client_enters' && !isNumberSent) {
    return { title: `${name} approved`, text: 'It counts when the number that the phone shows was typed here.' };
  }
  if (decision !== undefined) {
    return { title: `${name} answered`, text: `The provider has the answer. ${HEARS[delivery]}` };
  }
  if (person.isReported) {
    return {
      title: 'Waiting for the answer',
      text: `No phone rings, because ${name} reported this client. It does not learn of that: within 45 seconds it is told of a denial.`,
    };
  }
  if (delivery === 'push' && 'expiresAt' in progress && Date.now() > progress.expiresAt) {
    return { title: `Waiting for ${name}`, text: 'The request has ended. The provider says so within a minute.' };
  }
  const rings = isKnown ? 'The phone rings. ' : '';
  return { title: `Waiting for ${name}`, text: `${rings}${WAITS[delivery]}` };
}

/** @type {Record<import('./delivery.js').Delivery, string>} */
const HEARS = {
  poll: 'The client gets it with its next poll.',
  ping: 'It pings the client, which fetches it.',
  push: 'It pushes it to the client.',
};
/** @type {Record<import('./delivery.js').Delivery, string>} */
const WAITS = {
  poll: 'The client polls until there is an answer.',
  ping: 'The client waits until the provider pings it.',
  push: 'The client waits until the provider pushes the tokens.',
};

/**
 * Says what becomes of a request for which nobody polls.
 * @param {number} expiresAt epoch milliseconds
 * @param {{ name: string, decision: 'approve' | 'deny' | undefined, isQuiet: boolean }} request
 */
function stopped(expiresAt, { name, decision, isQuiet }) {
  const until = timeOfDay(expiresAt, { seconds: true });
  if (decision !== undefined) return `${name} answered, but nobody fetches the answer. Poll again to get it.`;
  if (Date.now() >= expiresAt) return `The request ended at ${until}, and the phone is quiet again.`;
  const phone = isQuiet ? 'No phone rings' : 'The phone still rings';
  return `The client gave up asking. The request lives until ${until}. ${phone}.`;
}

const UNREACHABLE = {
  title: 'The provider does not answer',
  text: `Start it again: ${startCommand()}. The client then polls on by itself, and the phone comes back.`,
};

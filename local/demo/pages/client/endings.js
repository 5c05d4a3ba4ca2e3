// How a story ends: what it was for, or why it came to nothing.

import { timeOfDay } from '../elements.js';
import { AUTH_REQ_ID_CLAIM } from './tokens.js';
import { refused } from './words.js';

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {import('./tokens.js').Claims} Claims */
/** @typedef {import('./scenarios.js').Known} Known */
/** @typedef {import('./scenarios.js').Ending} Ending */
/** @typedef {import('./desk-view.js').DeskState} DeskState */

/**
 * What an ending depends on. `claims` are those of tokens that were checked, and hold.
 * @typedef {object} Story
 * @property {import('./scenarios.js').Scenario} scenario
 * @property {string} loginHint
 * @property {string} name of the user
 * @property {string} clientName
 * @property {{ perMinute: number, perHour: number }} limits
 * @property {{ identity: Claims, access: Claims } | undefined} claims
 */
/**
 * `short` is for the list of logins, `name` is the one in the ID token.
 * @typedef {{ state: DeskState, short: string, error?: string, name?: string } & Ending} Ended
 */

/** How much of the access token's jti makes a reference that people can read out. */
const REFERENCE_LENGTH = 8;

/**
 * @param {Progress} progress
 * @param {Story} story
 * @returns {Ended}
 */
export function endingOf(progress, story) {
  const { scenario, claims } = story;
  switch (progress.state) {
    case 'approved':
      return claims ? approved(story, claims) : NOT_BELIEVED;
    case 'denied':
      return { state: 'denied', short: 'denied', ...scenario.denied(knownFrom(story)) };
    case 'expired':
      return { state: 'expired', short: 'expired', ...scenario.expired(knownFrom(story)) };
    case 'refused':
      return refused(progress, story);
    default:
      return GONE;
  }
}

/** @type {Ended} */
export const GONE = {
  state: 'gone',
  short: 'gone',
  title: 'The request is gone',
  text: 'npm start was started again, and it keeps nothing between two runs. Ask again.',
};

/** @type {Ended} */
export const ENDPOINT_GONE = {
  state: 'gone',
  short: 'gone',
  title: 'The endpoint is gone',
  text: 'npm start was started again, and with it the endpoint to which the tokens would be pushed. Ask again.',
};

/** @type {Ended} */
export const WITHDRAWN = {
  state: 'withdrawn',
  short: 'withdrawn',
  title: 'Taken back',
  text: 'The client withdrew its request. The prompt is gone from the phone, and a late answer has no effect.',
};

/** @type {Ended} */
const NOT_BELIEVED = {
  state: 'refused',
  short: 'not believed',
  title: 'The tokens are not believed',
  text: 'A check of the ID token fails, so the client throws the tokens away. See which below.',
};

/**
 * @param {Story} story
 * @param {{ identity: Claims, access: Claims }} claims
 * @returns {Ended}
 */
function approved({ scenario, ...story }, claims) {
  const known = knownFrom({ ...story, claims });
  const { facts = [], ...ending } = scenario.approved(known);
  return { state: 'approved', short: 'approved', name: known.name, ...ending, facts: [...facts, ...factsIn(claims)] };
}

/**
 * @param {Pick<Story, 'loginHint' | 'claims'>} story
 * @returns {Known}
 */
function knownFrom({ loginHint, claims }) {
  const { name, sub, auth_time: at } = claims?.identity ?? {};
  return {
    hint: loginHint,
    name: String(name ?? sub ?? loginHint),
    time: timeOfDay(typeof at === 'number' ? at * 1000 : Date.now()),
    reference: String(claims?.access['jti'] ?? '').slice(0, REFERENCE_LENGTH),
  };
}

/**
 * Says where the client has it from.
 * @param {{ identity: Claims, access: Claims }} claims
 * @returns {[label: string, value: string][]}
 */
function factsIn({ identity, access }) {
  return [
    ['User', `${identity['sub']} (sub)`],
    ['May', `${access['scope']} (scope)`],
    ['Checked', `signature, iss, aud, exp, at_hash${AUTH_REQ_ID_CLAIM in identity ? ', auth_req_id' : ''}`],
  ];
}

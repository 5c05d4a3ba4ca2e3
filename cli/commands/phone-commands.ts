import type { Decision, Phone } from '../../local/demo/phone.ts';
import { command, type Noun, type OptionSpecs, type OptionValues, type Output } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { nearestName } from '../command-line/nearest-name.ts';
import { endProgress } from '../command-line/progress.ts';
import { sayStep } from '../command-line/steps.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';

const PHONE_OPTIONS = {
  key: {
    kind: 'text',
    value: 'FILE',
    about: 'The file with the keys of the phone. It is made, for you alone to read, when a phone is enrolled.',
  },
  user: {
    kind: 'text',
    value: 'USER',
    completes: 'users',
    about: 'Enrol a phone for this user. Only on this machine.',
  },
  ticket: {
    kind: 'text',
    value: 'URI',
    about: 'Enrol a phone with this ticket: ciba://enrol?issuer=… With -, it is read from standard input.',
  },
  name: { kind: 'text', value: 'TEXT', about: 'What the new phone is called. Default: Terminal phone.' },
  'push-token': { kind: 'text', value: 'TOKEN', about: 'A token of Apple or Google, for a phone of a deployment.' },
  platform: { kind: 'text', of: ['GCM', 'APNS', 'APNS_SANDBOX'], about: 'Whose token that is. Default: GCM.' },
} as const satisfies OptionSpecs;
type PhoneOptions = OptionValues<typeof PHONE_OPTIONS>;

const REQUEST_ARGUMENT = { name: 'request_id', about: 'The id of the request: ciba phone list shows it.' } as const;

/** Opens the phone, does the work, and removes a phone that no file keeps. */
async function withPhone<Done>(
  deployment: Deployment,
  options: PhoneOptions,
  work: (phone: Phone) => Promise<Done>,
): Promise<Done> {
  const { openPhone } = await import('../phone/enrolled-phone.ts');
  const { explained } = await import('../phone/phone-failure.ts');
  const { phone, isNew } = await openPhone(deployment, options);
  const { deviceId, sub, issuer } = phone.identity;
  if (isNew) sayStep(`Enrolled device ${deviceId} of user ${sub} at ${issuer}`);
  try {
    return await work(phone);
  } catch (error) {
    throw explained(error, deployment);
  } finally {
    if (options.key === undefined) await phone.remove().catch(() => undefined);
  }
}

/** A command about one request needs a phone that stays: `--key`. */
function checkKey({ key }: PhoneOptions): void {
  if (key === undefined) throw new WrongUsage('--key is missing: the file with the key of the phone');
}

const watch = command({
  name: 'watch',
  about: 'Is a phone in the terminal: shows each request as it comes, and asks for your answer. Ctrl-C ends it.',
  notes:
    'Without a terminal it prints each request, with --json as one JSON object a line, and answers none: answer with ciba phone approve or deny. It looks every two seconds. Without --key the phone is removed at the end.',
  arguments: [],
  options: PHONE_OPTIONS,
  examples: [
    'ciba phone watch --user ana@example.com',
    'ciba phone watch --key ana.phone.json --user ana@example.com',
    'ciba phone watch --key ana.phone.json',
  ],
  async run({ deployment, options, isTerminal }) {
    const { watchAndAnswer, watchQuietly } = await import('../phone/watch.ts');
    const ended = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
    const over = ended.signal;
    // The person at the terminal types below what is shown.
    endProgress();
    if (isTerminal && process.stdin.isTTY) {
      await withPhone(deployment, options, (phone) => watchAndAnswer({ phone, deployment, over }));
      return { json: '', text: '' };
    }
    const { openPhone } = await import('../phone/enrolled-phone.ts');
    checkKey(options);
    const { phone, isNew } = await openPhone(deployment, options);
    if (isNew) sayStep(`Enrolled device ${phone.identity.deviceId} of user ${phone.identity.sub}`);
    return { rows: watchQuietly({ phone, deployment, over }) };
  },
});

const enrol = command({
  name: 'enrol',
  about: 'Enrols a phone with a ticket, and keeps its keys in a file.',
  notes:
    'The phone refuses a ticket of another issuer than that of --url, and an answer that names another issuer. The phone has two keys (docs/device-api.md, A second key). Both are in the file and not in secure hardware, and an approval says that the user was verified as acr_values asks, although nobody verified them: this phone is for trials.',
  arguments: [],
  options: PHONE_OPTIONS,
  examples: [
    'ciba phone enrol --key ana.phone.json --user ana@example.com',
    'ciba phone enrol --key anna.phone.json --ticket "$TICKET_URI" --url https://login.example.com',
  ],
  async run({ deployment, options }): Promise<Output> {
    checkKey(options);
    return withPhone(deployment, options, async ({ identity: { deviceId, sub, issuer } }) => ({
      json: JSON.stringify({ device_id: deviceId, sub, issuer }),
      text: `The key of device ${deviceId} of user ${plainLine(sub)} at ${issuer} is in ${options.key}.`,
    }));
  },
});

const list = command({
  name: 'list',
  about: 'Lists the requests that wait for an answer of the user: who asks, with which message, and until when.',
  notes: 'It fetches the details of each, as an app does for its inbox. At most 100 are listed, the newest first.',
  arguments: [],
  options: PHONE_OPTIONS,
  examples: ['ciba phone list --key ana.phone.json'],
  async run({ deployment, options }): Promise<Output> {
    checkKey(options);
    const { inboxText, readInbox } = await import('../phone/inbox.ts');
    const requests = await withPhone(deployment, options, readInbox);
    return { json: JSON.stringify({ requests }), text: inboxText(requests) };
  },
});

const show = command({
  name: 'show',
  about: 'Shows who asks, and for what: everything that an answer would sign.',
  notes:
    'It shows nothing that is for another issuer, another user or another request, or has expired. A member of the details that this version does not know is shown as unknown.',
  arguments: [REQUEST_ARGUMENT],
  options: PHONE_OPTIONS,
  examples: ['ciba phone show LpXHAFQsWwnhybgV3ZAxKDk-mVHJ6UT-134KpbLAKp0 --key ana.phone.json'],
  async run({ deployment, options, argument }): Promise<Output> {
    checkKey(options);
    const { fetchQuestion, questionJson, questionText } = await import('../phone/question.ts');
    const question = await withPhone(deployment, options, (phone) => fetchQuestion(phone, argument.request_id));
    return { json: questionJson(question), text: questionText(question) };
  },
});

/** Fetches and shows the request anew, and signs exactly the bytes that are shown. */
async function decide(
  { deployment, options, requestId }: { deployment: Deployment; options: PhoneOptions; requestId: string },
  decision: Decision,
): Promise<Output> {
  checkKey(options);
  const { fetchQuestion, questionText } = await import('../phone/question.ts');
  const question = await withPhone(deployment, options, async (phone) => {
    const fetched = await fetchQuestion(phone, requestId);
    return { ...fetched, number: await phone.send(requestId, fetched.bytes, decision) };
  });
  const { number } = question;
  const reason = typeof decision === 'object' && 'reason' in decision ? { reason: decision.reason } : {};
  const decided = decision === 'deny' || 'reason' in reason ? 'deny' : 'approve';
  const shows = number === undefined ? '' : ` Type this number where the request began: ${number}`;
  return {
    json: JSON.stringify({ request_id: requestId, decision: decided, ...reason, details_hash: question.hash, number }),
    text: `${questionText(question)}\n${decided === 'approve' ? 'Approved.' : 'Denied.'}${shows}`,
  };
}

const approve = command({
  name: 'approve',
  about: 'Approves a request: fetches it, shows it, and signs the hash of exactly these bytes.',
  notes:
    'Where the client has to enter a number (docs/number-matching.md), the approval shows it, and counts when it was entered.',
  arguments: [REQUEST_ARGUMENT],
  options: {
    ...PHONE_OPTIONS,
    number: {
      kind: 'text',
      value: 'NN',
      about: 'The number that the other screen shows, if the request asks for one.',
    },
  },
  examples: [
    'ciba phone approve LpXHAFQsWwnhybgV3ZAxKDk-mVHJ6UT-134KpbLAKp0 --key ana.phone.json',
    'ciba phone approve LpXHAFQsWwnhybgV3ZAxKDk-mVHJ6UT-134KpbLAKp0 --key ana.phone.json --number 07',
  ],
  run: ({ deployment, options: { number, ...options }, argument }) => {
    if (number !== undefined && !/^[0-9]{2}$/.test(number)) throw new WrongUsage('--number must be two digits');
    const decision = number === undefined ? 'approve' : { number };
    return decide({ deployment, options, requestId: argument.request_id }, decision);
  },
});

const deny = command({
  name: 'deny',
  about: 'Denies a request. With --reason fraud the client is blocked for this user until an operator looks.',
  arguments: [REQUEST_ARGUMENT],
  options: {
    ...PHONE_OPTIONS,
    reason: { kind: 'text', value: 'WORD', about: 'Why, for the audit trail: fraud means that this was not the user.' },
  },
  examples: ['ciba phone deny LpXHAFQsWwnhybgV3ZAxKDk-mVHJ6UT-134KpbLAKp0 --key ana.phone.json --reason fraud'],
  run: ({ deployment, options: { reason, ...options }, argument }) => {
    if (reason !== undefined && !/^[a-z_]{1,32}$/.test(reason))
      throw new WrongUsage('--reason must be 1 to 32 lower-case letters or underscores');
    // Another word is a reason too, but blocks nobody.
    if (reason !== 'fraud' && nearestName(reason ?? '', ['fraud']) !== undefined)
      throw new WrongUsage(`--reason "${reason}"; did you mean fraud?`);
    return decide({ deployment, options, requestId: argument.request_id }, reason === undefined ? 'deny' : { reason });
  },
});

/** `ciba phone …` */
export const phoneNoun: Noun = {
  name: 'phone',
  about: 'A phone in the terminal, for trials. Alone it watches.',
  commands: [watch, enrol, list, show, approve, deny],
  unnamed: watch,
};

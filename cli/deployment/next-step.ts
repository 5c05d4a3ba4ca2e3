import { Refused } from '../command-line/failure.ts';
import { isJsonObject } from '../command-line/json-object.ts';
import { quoted } from '../command-line/text-layout.ts';

/** The error codes of the admin API and of the functions that operators call. */
const ERROR_CODES = [
  'invalid_request',
  'invalid_client_metadata',
  'access_denied',
  'not_found',
  'conflict',
  'temporarily_unavailable',
  'server_error',
] as const;
type ErrorCode = (typeof ERROR_CODES)[number];

const NEXT_STEPS: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'The help of the command says what each value must be.',
  invalid_client_metadata: 'ciba client create --help says what each member must be.',
  access_denied: 'Sign in as an operator of this provider: docs/admin-api.md#who-may-call.',
  not_found: 'Check the spelling, and which deployment you mean: ciba context show.',
  conflict: 'Look at what is there, then choose another value.',
  temporarily_unavailable: 'Run the command again in some seconds. If it stays like this, ciba doctor says why.',
  server_error: 'ciba doctor says what is broken. The log of the function says more.',
};
/** Conflicts for which there is more to say, by their description. */
const CONFLICTS: readonly (readonly [RegExp, string])[] = [
  [
    /keep_old_secret/,
    'The commands for it: ciba client rotate-secret --again, ciba client end-old-secret, ciba client new-secret.',
  ],
  [/^This (email|phone_number|preferred_username|sub) is taken/, 'ciba user show says who has it.'],
  [/^This client_id is taken|^Another client has a name/, 'ciba client list shows all clients. Choose another value.'],
  [/try again\.$|look again\.$/, 'Run the command again.'],
  [/is blocked\.$/, 'Unblock the user first: ciba user unblock.'],
];

/** Returns what to do after a refusal. Every error code has a step, and a code of a later version has one too. */
export function nextStep(code: string, description: string): string {
  const known = ERROR_CODES.find((one) => one === code);
  if (known === 'conflict') return CONFLICTS.find(([said]) => said.test(description))?.[1] ?? NEXT_STEPS.conflict;
  return NEXT_STEPS[known ?? 'server_error'];
}

/** Adds the value to the next step of "This email is taken.", so that it can be copied. Passes all other errors on. */
export function withTakenValue(error: unknown, body: unknown): unknown {
  if (!(error instanceof Refused) || error.code !== 'conflict' || !isJsonObject(body)) return error;
  const member = /^This (email|phone_number|preferred_username|sub) is taken/.exec(error.message)?.[1];
  const value: unknown = member === undefined ? undefined : body[member];
  if (typeof value !== 'string') return error;
  return new Refused(error.message, `ciba user show ${quoted(value)} says who has it.`, error.code);
}

/** How to find what is there, by the word of the admin API. */
const WAYS_TO_FIND: Readonly<Record<string, string>> = {
  client: 'ciba client list shows all.',
  user: 'A user is named by sub, e-mail address, phone number or username: ciba user find looks for each, and ciba user list shows users. To add one: ciba user create.',
  device: 'ciba device list shows all devices of a user.',
  block: 'ciba user blocks shows all.',
  'user code': 'ciba user show says whether there is one. To set one: ciba user set-code.',
  'signing key': 'ciba keys list shows all that are published.',
  'evidence key': 'There are no decisions of this user, or the user was erased.',
};

/** What has no id of its own: a user has one or none. */
const OF_A_USER: readonly string[] = ['user code', 'evidence key'];

/** Makes the error for something that does not exist. It repeats the id, in which the mistake may be. */
export function notFound(what: string, id: string): Refused {
  const message = OF_A_USER.includes(what)
    ? `The user ${quoted(id)} has no ${what}.`
    : `There is no ${what} ${quoted(id)}.`;
  return new Refused(message, WAYS_TO_FIND[what] ?? NEXT_STEPS.not_found, 'not_found');
}

/** The path parameter that names each thing. */
const NAMED_BY: Readonly<Record<string, string>> = { client: 'client_id', device: 'device_id', block: 'client_id' };

/** Adds the id to a "not found" of the admin API, which does not repeat it. Passes all other errors on. */
export function withId(error: unknown, parameters: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof Refused) || error.code !== 'not_found') return error;
  const what = /^There is no such (.+)\.$/.exec(error.message)?.[1];
  if (what === undefined) return error;
  const id = parameters[NAMED_BY[what] ?? 'sub'] ?? Object.values(parameters).at(-1);
  return id === undefined ? error : notFound(what, id);
}

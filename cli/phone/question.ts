import { createHash } from 'node:crypto';
import type { Phone, ReadRequest, ShownDetails } from '../../local/demo/phone.ts';
import { Refused } from '../command-line/failure.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';

/** A request as the phone fetched it: the frozen bytes, what they say, and the phone's own hash of them. */
export type FetchedQuestion = {
  readonly requestId: string;
  readonly bytes: Uint8Array;
  readonly shown: ShownDetails;
  readonly hash: string;
  /** Who has to enter a number, if anybody. */
  readonly numberMatching: ReadRequest['numberMatching'];
};

/**
 * Fetches a request and checks that it is for this phone and has not expired (docs/device-api.md, rule 2). Throws if a
 * good app would show nothing.
 */
export async function fetchQuestion(phone: Phone, requestId: string): Promise<FetchedQuestion> {
  const { bytes, shown, numberMatching } = await phone.read(requestId);
  if (shown.expires_at <= Date.now() / 1000)
    throw new Refused('This request has expired, so it is not shown.', 'ciba phone list shows what waits.', 'expired');
  return { requestId, bytes, shown, hash: createHash('sha256').update(bytes).digest('base64url'), numberMatching };
}

/** The members that docs/device-api.md describes. */
const KNOWN = [
  'issuer',
  'client_id',
  'client_name',
  'sub',
  'request_id',
  'expires_at',
  'binding_message',
  'scopes',
  'audience',
  'acr_values',
];

const NUMBERS = {
  phone_enters: 'type the one that the other screen shows',
  client_enters: 'an approval shows one, to type where the request began',
} as const;

/** Tells a question to the user: everything that is in the bytes, also members that this version does not know. */
export function questionText({ shown, requestId, hash, numberMatching }: FetchedQuestion): string {
  const { client_name, client_id, binding_message, scopes, audience, expires_at, issuer, acr_values = [] } = shown;
  const unknown = Object.entries(shown).filter(([name]) => !KNOWN.includes(name));
  const lines = [
    `${client_name} asks (client ${client_id}):`,
    ...(binding_message === undefined ? [] : [`  "${binding_message}"`]),
    ...scopes.map(({ description }) => `  - ${description}`),
    `  for       ${audience.map((api) => (api === issuer ? `${api} (the provider itself)` : api)).join(', ')}`,
    ...acr_values.map(
      ({ acr, amr, verification_key }) =>
        `  verify    by ${amr.join(' or ')}${verification_key ? ', with the verification key' : ''} (${acr})`,
    ),
    `  until     ${instant(expires_at)}, in ${Math.max(0, expires_at - Math.floor(Date.now() / 1000))} s`,
    ...(numberMatching === undefined ? [] : [`  number    ${NUMBERS[numberMatching]}`]),
    `  request   ${requestId}`,
    `  signed    SHA-256 of the bytes, ${hash}`,
    ...unknown.map(([name, value]) => `  unknown   ${name}: ${JSON.stringify(value)}`),
  ];
  return lines.map(plainLine).join('\n');
}

/** The same as JSON. `details` are the members as the provider sent them. */
export function questionJson({ shown, requestId, hash, numberMatching }: FetchedQuestion): string {
  const details = { details_hash: hash, details: shown, number_matching: numberMatching };
  return JSON.stringify({ request_id: requestId, ...details });
}

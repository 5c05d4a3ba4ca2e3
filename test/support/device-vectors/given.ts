import { createHash } from 'node:crypto';
import { describeScopes } from '../../../provider/core/asking/scope.ts';
import type { AcrRule } from '../../../provider/core/deciding/acr-rule.ts';
import type { NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import { freezeDetails } from '../../../provider/core/deciding/shown-details.ts';
import type { KeyName } from './keys.ts';

// What the provider has stored before the first call of the vectors.

export const ISSUER = 'https://login.example.com/';
/** The instant of all calls, in epoch seconds. */
export const NOW = 1_795_423_415;

const idOf = (text: string): string => createHash('sha256').update(`device API vectors: ${text}`).digest('base64url');

type GivenUser = { readonly sub: string; readonly blocked?: true };
type GivenDevice = {
  readonly deviceId: string;
  readonly sub: string;
  readonly key: KeyName;
  /** The second key, if there is one. */
  readonly verificationKey?: KeyName;
  readonly name: string;
  readonly enrolledAt: number;
};

export const USERS = {
  ana: { sub: 'ana' },
  /** Has a request that nobody answers. */
  bo: { sub: 'bo' },
  /** Reports a client. */
  cleo: { sub: 'cleo' },
  dan: { sub: 'dan', blocked: true },
  /** Has an RSA key. */
  eve: { sub: 'eve' },
  /** Has a phone with two keys. */
  finn: { sub: 'finn' },
  /** Enrols a phone with two keys. */
  gwen: { sub: 'gwen' },
} as const satisfies Record<string, GivenUser>;

/** The tickets, each of another user. A ticket lives for 10 minutes. */
export const TICKETS = {
  ana: { ticket: idOf('ticket of ana'), expiresAt: NOW + 600 },
  eve: { ticket: idOf('ticket of eve'), expiresAt: NOW + 600 },
  gwen: { ticket: idOf('ticket of gwen'), expiresAt: NOW + 600 },
  bo: { ticket: idOf('ticket of bo'), expiresAt: NOW - 1 },
} as const;

const device = (sub: keyof typeof USERS, key: KeyName, name: string): GivenDevice => ({
  deviceId: idOf(`${name} of ${sub}`).slice(0, 22),
  sub,
  key,
  name,
  enrolledAt: NOW - 3600,
});

export const DEVICES = {
  ana: device('ana', 'phone', "Ana's phone"),
  anaTablet: device('ana', 'other phone', "Ana's tablet"),
  bo: device('bo', 'phone', "Bo's phone"),
  cleo: device('cleo', 'phone', "Cleo's phone"),
  dan: device('dan', 'phone', "Dan's phone"),
  eve: device('eve', 'RSA phone', "Eve's phone"),
  finn: { ...device('finn', 'phone', "Finn's phone"), verificationKey: 'verification' as const },
};

const request = (
  sub: keyof typeof USERS,
  name: string,
  { bindingMessage, expiresAt = NOW + 120, acrValues, numberMatching }: Differently = {},
) => {
  const requestId = idOf(name);
  const asked = { clientId: 'harbor-bank', audience: ['https://bank.example.com'], acrValues };
  const scopes = ['openid', 'transfer'];
  const details = freezeDetails({
    ...asked,
    issuer: ISSUER,
    clientName: 'Harbor Bank',
    sub,
    requestId,
    expiresAt,
    bindingMessage,
    scopes: describeScopes(scopes, { transfer: 'Send this one transfer' }),
  });
  return { requestId, sub, issuedAt: expiresAt - 120, expiresAt, details, asked: { ...asked, scopes }, numberMatching };
};
type Differently = {
  readonly bindingMessage?: string;
  readonly expiresAt?: number;
  readonly acrValues?: readonly AcrRule[];
  readonly numberMatching?: NumberMatching;
};

/** The number that the client shows, where a phone has to enter one. */
export const NUMBER = '07';

/** The classes that a client asks for. The first one needs a second key. */
const CLASSES = [
  { acr: 'urn:example:acr:verified', anyOf: ['fpt', 'face'], needsVerificationKey: true },
  { acr: 'urn:example:acr:pin', anyOf: ['pin'] },
];

/** The requests. All are pending, but for the one that its client withdrew. */
export const REQUESTS = {
  toApprove: request('ana', 'request to approve', { bindingMessage: 'Pay 249.90 € to Harbor Bikes. Code 7F3K' }),
  toDeny: request('ana', 'request to deny'),
  toLeave: request('ana', 'request that stays pending', { bindingMessage: 'Grüße: 東京 “4711”' }),
  expired: request('ana', 'request that has expired', { expiresAt: NOW }),
  withdrawn: request('ana', 'request that its client withdrew'),
  ofBo: request('bo', 'request of bo'),
  ofCleo: request('cleo', 'request of cleo'),
  ofCleoToo: request('cleo', 'another request of cleo'),
  ofEve: request('eve', 'request of eve'),
  ofFinn: request('finn', 'request of finn', { acrValues: CLASSES }),
  ofFinnToo: request('finn', 'another request of finn', { acrValues: CLASSES }),
  toMatch: request('ana', 'request whose number the phone enters', { numberMatching: 'phone_enters' }),
  toShow: request('ana', 'request whose number the client enters', { numberMatching: 'client_enters' }),
  ofAnaWithClasses: request('ana', 'request with classes', { acrValues: CLASSES }),
};

/** A request id that no request has. */
export const UNKNOWN_REQUEST = idOf('no request');

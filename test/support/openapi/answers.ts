import type { ClientView } from '../../../provider/core/client/client-view.ts';
import type { ClientMetadata } from '../../../provider/core/client/metadata.ts';
import { NUMBER_MATCHING, type NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import { type DeviceView, PLATFORMS } from '../../../provider/core/device/device.ts';
import type { OpenTicketView } from '../../../provider/core/device/enrolment-ticket.ts';
import type { PublicJwk } from '../../../provider/core/keys/jwk.ts';
import type { AskedRequestView, AttemptView } from '../../../provider/core/person/asked-request.ts';
import type { ClientBlockView } from '../../../provider/core/person/client-block.ts';
import type { ShownUserView, UserView } from '../../../provider/core/person/profile.ts';
import type { UserClaims } from '../../../provider/core/person/user.ts';
import type { AuthenticationRequestAcknowledgement } from '../../../provider/flows/asking/request/new-request.ts';
import type { ResendAnswer } from '../../../provider/flows/asking/resend-request.ts';
import type { PendingRequest } from '../../../provider/flows/deciding/ports.ts';
import type { Enrolment } from '../../../provider/flows/device/enrol-device.ts';
import type { TicketView } from '../../../provider/flows/device/manage-tickets.ts';
import type { LogLevelView } from '../../../provider/flows/operating/manage-log-level.ts';
import type { EvidenceKeysView } from '../../../provider/flows/person/export-user.ts';
import type { AskedRequests } from '../../../provider/flows/person/list-asked-requests.ts';
import type { ListedUserView } from '../../../provider/flows/person/list-users.ts';
import type { TokenResponse } from '../../../provider/flows/token/issue-tokens.ts';
import { CLIENT_PROPERTIES } from './bodies.ts';
import {
  choice,
  count,
  type Described,
  flag,
  instant,
  type JsonSchema,
  list,
  type MembersOf,
  mark,
  named,
  object,
  text,
} from './schema.ts';
import { USER_MEMBERS as words } from './words.ts';

// The bodies of answers, each held to the type of what the flow returns.

const REQUEST_ID = { pattern: '^[A-Za-z0-9_-]{43}$' };
const number = text('Two digits.', { pattern: '^[0-9]{2}$' });
const next = text('The `after` of the page that follows. Absent on the last one.');

/** The claims about a person, in views and in what is kept of them. */
export const USER_CLAIMS: MembersOf<UserClaims> = {
  'name?': text(words.name),
  'given_name?': text(words.given_name),
  'family_name?': text(words.family_name),
  'preferred_username?': text(words.preferred_username),
  'email?': text(words.email),
  'email_verified?': flag(words.email_verified),
  'phone_number?': text(words.phone_number),
  'phone_number_verified?': flag(words.phone_number_verified),
};

/** A public key (RFC 7517 §4), without private members. */
export const jwk = named(
  'PublicJwk',
  object<PublicJwk>(
    {
      kty: text('`RSA` or `EC`.'),
      'crv?': text('The curve.'),
      'x?': text('A coordinate.'),
      'y?': text('A coordinate.'),
      'n?': text('The modulus.'),
      'e?': text('The exponent.'),
      'kid?': text('The name of the key.'),
      'alg?': text('The algorithm.'),
      'use?': text('`sig`.'),
    },
    'A public key (RFC 7517 §4).',
  ),
);

const user: MembersOf<UserView> = {
  sub: text(words.sub),
  ...USER_CLAIMS,
  'blocked?': flag(words.blocked),
  'created_at?': instant('When the profile was made.'),
  'synthetic?': mark('The user of the synthetic login, which cannot be changed.'),
};

type OwnOfView = Omit<ClientView, Exclude<keyof ClientMetadata, 'client_id'>>;
const ownOfView = object<OwnOfView>({
  client_id: text('The name by which the client authenticates.'),
  'client_secret?': text('The secret. Only in the answer to the call that made it.'),
  'client_secret_expires_at?': instant('When the secret ends; 0 with a secret that has no end (RFC 7591 §3.2.1).'),
  'old_secret_expires_at?': instant('When the old secret ends.'),
  'warnings?': list(text('A sentence.'), 'What to look at again. Only in the answer to a creation or a change.'),
  'synthetic?': mark('The client of the synthetic login, which cannot be changed.'),
});
/** The members of the registration come from the table of client metadata, which also makes their type. */
const clientView: JsonSchema = {
  ...ownOfView,
  properties: { ...CLIENT_PROPERTIES, ...Object(ownOfView['properties']) },
  required: ['client_id', 'client_name'],
};
const client = named<ClientView>('Client', clientView);

const device = named(
  'Device',
  object<DeviceView>({
    device_id: text('The id of the device.'),
    name: text('The name that the user gave it.'),
    'platform?': choice(PLATFORMS, 'Its push service, as SNS calls it. Absent for a device that asks by itself.'),
    'push?': choice(['reachable', 'unreachable'], 'Whether its push token is still good.'),
    enrolled_at: instant('When it was enrolled.'),
    'verification_key?': mark('It has a second key, which its platform releases after it verified the user.'),
    'leftover?': mark('Left by an enrolment or a removal that broke off. It can do nothing.'),
  }),
);

const block = named(
  'Block',
  object<ClientBlockView>({
    client_id: text('The client that the user denied or reported.'),
    'reported_at?': instant('When the user reported fraud. Only an operator ends such a block.'),
    'request_id?': text('The request that was reported.'),
    denials: count('Denials since the last approval.'),
    'paused_until?': instant('Until when the client may not ask this user.'),
  }),
);

const openTicket = named(
  'OpenTicket',
  object<OpenTicketView>({
    ticket_id: text('The name of the ticket.'),
    issued_at: instant('When it was made.'),
    expires_at: instant('When it ends.'),
    'device_id?': text('The device that it enrolled.'),
  }),
);

const attempt = object<AttemptView>({
  kind: choice(['first', 'resend', 'reminder'], 'Why the phones were rung.'),
  at: instant('When it began.'),
  'devices?': count('To how many devices.'),
  'accepted?': count('For how many SNS accepted it.'),
  'errors?': text('The errors of the others.'),
});
const askedRequest = object<AskedRequestView>({
  request_id: text('The id of the request.', REQUEST_ID),
  txn: text('Its name in logs and in the audit trail.', { pattern: '^[0-9a-f]{16}$' }),
  client_id: text('Who asked.'),
  issued_at: instant('When.'),
  expires_at: instant('Until when it could be answered.'),
  state: choice(
    [
      ...(['pending', 'awaiting_number', 'approved', 'denied', 'redeemed', 'expired', 'failed', 'taken_back'] as const),
      ...(['withdrawn', 'wrong_number'] as const),
    ],
    'What became of it.',
  ),
  attempts: list(attempt, 'Each attempt to reach the user, in their order.'),
});

const evidenceKeys: Described<EvidenceKeysView> = object<EvidenceKeysView>({
  evidence_keys: list(
    object({
      profile_id: text('The profile whose decisions it opens.'),
      made_at: instant('When it was made.'),
      key: text('256 bits in base64url.'),
    }),
    'The keys that open the evidence of the decisions.',
  ),
});

type Registered = 'clientId' | 'registrationId';
/** The names that the handler of the device API gives the members of an entry. */
type ListedNames = {
  requestId: 'request_id';
  issuedAt: 'issued_at';
  expiresAt: 'expires_at';
  numberMatching: 'number_matching';
  isAwaitingNumber: 'awaiting_number';
  timesRung: 'times_rung';
};
type ListedRequest = {
  readonly [Member in Exclude<keyof PendingRequest, Registered> as ListedNames[Member]]: PendingRequest[Member];
};
const listedRequest = object<ListedRequest>({
  request_id: text('The id of the request.', REQUEST_ID),
  issued_at: instant('When the client asked.'),
  expires_at: instant('Until when it can be answered.'),
  'number_matching?': choice(NUMBER_MATCHING, 'Who has to enter a number.'),
  'awaiting_number?': mark('It was approved, and waits until the client enters the number.'),
  times_rung: count('How often the phones of the user were rung for it.'),
});
type RequestDetails = { readonly details: string; readonly number_matching?: NumberMatching };

/** The answers by their names in the document. */
export const ANSWERS = {
  AuthenticationRequestAcknowledgement: object<AuthenticationRequestAcknowledgement>({
    auth_req_id: text('The id of the request, for the client alone (CIBA §7.3).', REQUEST_ID),
    expires_in: count('For how many seconds the request lives.', 1),
    'interval?': count('How many seconds to wait between polls. Absent in push mode.', 1),
    'number?': { ...number, description: 'The number that the client shows, and the user types on the phone.' },
  }),
  ResendAnswer: object<ResendAnswer>({
    expires_in: count('For how many seconds more the request can be answered.'),
    resends_left: count('How often the phones may still be rung again.'),
  }),
  TokenResponse: object<TokenResponse>({
    access_token: text('A JWT (RFC 9068).'),
    token_type: choice(['Bearer', 'DPoP'], 'How it is sent.'),
    expires_in: count('For how many seconds the access token is good.', 1),
    'id_token?': text('The ID token. Absent if `openid` was not granted.'),
    scope: text('The scopes that were granted, which may be fewer than asked for.'),
  }),
  KeySet: object<{ readonly keys: readonly PublicJwk[] }>({ keys: list(jwk, 'Keys that sign, or did lately.') }),
  Enrolled: object<Enrolment>({
    device_id: text('The id of the device.'),
    sub: text('The user.'),
    issuer: text('The issuer. A phone that was given another one refuses it.'),
    'verification_key?': mark('It was enrolled with a verification key.'),
  }),
  Device: device,
  PendingRequests: object<{ readonly requests: readonly ListedRequest[] }>({
    requests: list(listedRequest, 'What waits for an answer: 100 at most.'),
  }),
  RequestDetails: object<RequestDetails>({
    details: text('The document to show, whose hash the device signs: base64url of its bytes.'),
    'number_matching?': choice(NUMBER_MATCHING, 'Who has to enter a number.'),
  }),
  NumberToShow: object<{ readonly number: string }>({
    number: { ...number, description: 'The number that the device shows, and the client has to enter.' },
  }),
  Client: client,
  ClientPage: object<{ readonly clients: readonly ClientView[]; readonly next?: string | undefined }>({
    clients: list(client, '50 at most.'),
    'next?': next,
  }),
  User: named('User', object<UserView>(user)),
  ShownUser: object<ShownUserView>({
    ...user,
    'user_code_set_at?': instant('When the user code was set, if there is one.'),
  }),
  ListOfUsers: object<{ readonly users: readonly ListedUserView[]; readonly next?: string }>({
    users: list(
      named('ListedUser', object<ListedUserView>({ ...user, devices: count('How many devices are enrolled.') })),
      'In the order of their subjects.',
    ),
    'next?': next,
  }),
  Ticket: object<TicketView>({
    ticket: text('What enrols one device, once.'),
    ticket_id: text('Its name in the list of tickets. It cannot be used to enrol.'),
    uri: text('What a phone opens: it names issuer and ticket.'),
    expires_at: instant('When it ends.'),
  }),
  Tickets: object<{ readonly tickets: readonly OpenTicketView[] }>({ tickets: list(openTicket, 'One at most.') }),
  Devices: object<{ readonly devices: readonly DeviceView[] }>({ devices: list(device, 'The devices of the user.') }),
  AskedRequests: object<AskedRequests>({ requests: list(askedRequest, 'The newest first.') }),
  Blocks: object<{ readonly blocks: readonly ClientBlockView[] }>({
    blocks: list(block, 'The clients that the denials of the user block or make pause.'),
  }),
  EvidenceKeys: evidenceKeys,
  LogLevel: object<LogLevelView>({
    level: choice(['info', 'debug'], 'What is logged.'),
    'until?': instant('When `debug` ends.'),
  }),
} as const;

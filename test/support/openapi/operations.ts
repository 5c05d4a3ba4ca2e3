import type { FunctionName, functions } from '../../../infra/functions/deployed-functions.ts';
import { ANSWERS } from './answers.ts';
import { type BODIES, USER_PAGE_QUERY } from './bodies.ts';
import type { FORMS } from './forms.ts';
import { userExport } from './kept.ts';
import { METADATA } from './metadata.ts';
import type { Refusals } from './refusals.ts';
import type { JsonSchema } from './schema.ts';

/** A route, as API Gateway names it. */
export type RouteKey = { [Name in FunctionName]: (typeof functions)[Name]['routes'][number] }[FunctionName];

type Answer = {
  readonly status: 200 | 201 | 204;
  readonly says: string;
  /** The name and the schema of the body. Absent: it has none. */
  readonly body?: readonly [name: string, schema: JsonSchema];
  /** Whether anyone may keep the answer for a while. */
  readonly isPublic?: true;
  /** Whether the headers tell which methods there are. */
  readonly tellsMethods?: true;
};

/** What a route takes and answers. */
export type Operation = {
  readonly id: string;
  readonly tag: 'clients' | 'discovery' | 'devices' | 'admin';
  readonly summary: string;
  readonly description?: string;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly form?: keyof typeof FORMS;
  readonly body?: keyof typeof BODIES;
  /** None: every call is refused. */
  readonly answers: readonly Answer[];
  /** Without 500 and the answers of API Gateway, which every route has. */
  readonly refusals: Refusals;
  /** Answered without any body. */
  readonly isHead?: true;
  /** The path under which Auth0's SDKs call the same. */
  readonly isAlias?: true;
};

const ok = (name: keyof typeof ANSWERS, says: string): Answer => ({ status: 200, says, body: [name, ANSWERS[name]] });
const created = (name: keyof typeof ANSWERS, says: string): Answer => ({ ...ok(name, says), status: 201 });
const done: Answer = { status: 204, says: 'Done.' };
const empty: Answer = { status: 200, says: 'Done. There is no body.' };

const BY_CLIENT = { 401: ['invalid_client'] };
const BY_OPERATOR = { 403: ['access_denied'] };
const NO_TRAIL = { 503: ['temporarily_unavailable'] };
const OWN_REQUEST = ['invalid_request', 'invalid_grant'];

const token = {
  tag: 'clients',
  form: 'TokenRequest',
  answers: [ok('TokenResponse', 'The tokens.')],
  refusals: {
    400: [
      'invalid_request',
      'invalid_grant',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_target',
      'authorization_pending',
      'slow_down',
      'expired_token',
      'access_denied',
    ],
    ...BY_CLIENT,
  },
} as const;
const revocation = {
  tag: 'clients',
  form: 'Revocation',
  answers: [{ ...empty, says: 'The token is good for nothing more, or never was.' }],
  refusals: { 400: ['invalid_request'], ...BY_CLIENT },
} as const;

const CLIENT_OPERATIONS = {
  'POST /bc-authorize': {
    id: 'askUser',
    tag: 'clients',
    summary: 'Ask a user (CIBA §7)',
    form: 'AuthenticationRequest',
    answers: [ok('AuthenticationRequestAcknowledgement', 'A phone was rung. Poll with `auth_req_id`, or wait.')],
    refusals: {
      400: [
        'invalid_request',
        'invalid_scope',
        'unknown_user_id',
        'expired_login_hint_token',
        'unauthorized_client',
        'invalid_binding_message',
        'missing_user_code',
        'invalid_user_code',
        'invalid_target',
        'invalid_authorization_details',
      ],
      ...BY_CLIENT,
      403: ['access_denied'],
      ...NO_TRAIL,
    },
  },
  'POST /bc-authorize/resend': {
    id: 'resendRequest',
    tag: 'clients',
    summary: 'Ring the phones of a request again',
    description: 'An extension of this provider (docs/resend.md).',
    form: 'OwnRequest',
    answers: [ok('ResendAnswer', 'The phones were rung.')],
    refusals: {
      400: [...OWN_REQUEST, 'unauthorized_client'],
      ...BY_CLIENT,
      403: ['access_denied'],
      ...NO_TRAIL,
    },
  },
  'POST /bc-authorize/withdraw': {
    id: 'withdrawRequest',
    tag: 'clients',
    summary: 'Withdraw a request',
    description: 'An extension of this provider (docs/withdrawal.md), in the shape of a revocation.',
    form: 'OwnRequest',
    answers: [{ ...empty, says: 'There is no such request any more.' }],
    refusals: { 400: ['invalid_request'], ...BY_CLIENT },
  },
  'POST /bc-authorize/number': {
    id: 'enterNumber',
    tag: 'clients',
    summary: 'Enter the number that the phone shows',
    description: 'An extension of this provider (docs/number-matching.md).',
    form: 'EnteredNumber',
    answers: [{ ...empty, says: 'The number matched, and the approval counts.' }],
    refusals: { 400: [...OWN_REQUEST, 'invalid_number'], ...BY_CLIENT },
  },
  'POST /token': { ...token, id: 'requestTokens', summary: 'Poll for tokens, or redeem a request (CIBA §10.1, §11)' },
  'POST /oauth/token': { ...token, id: 'requestTokensAsAuth0', summary: 'The same as `/token`', isAlias: true },
  'POST /revoke': { ...revocation, id: 'revokeToken', summary: 'Revoke an access token (RFC 7009)' },
  'POST /oauth/revoke': { ...revocation, id: 'revokeTokenAsAuth0', summary: 'The same as `/revoke`', isAlias: true },
} as const satisfies Readonly<Record<string, Operation>>;

const metadata = {
  tag: 'discovery',
  answers: [{ status: 200, says: 'What the provider offers.', body: ['ProviderMetadata', METADATA], isPublic: true }],
  refusals: {},
} as const;
const keys = {
  tag: 'discovery',
  answers: [{ ...ok('KeySet', 'The public keys.'), isPublic: true }],
  refusals: {},
} as const;
/** The same without a body. */
const headOf = <Of extends Operation>({ answers, ...operation }: Of) => ({
  ...operation,
  isHead: true as const,
  answers: answers.map(({ body: _, ...answer }): Answer => answer),
});
const methods = {
  tag: 'discovery',
  summary: 'Which methods there are, and that any page may read it',
  answers: [{ status: 204, says: 'In headers.', tellsMethods: true }],
  refusals: {},
} as const;
const authorization = {
  tag: 'discovery',
  summary: 'Refuses everybody: there is no login page (docs/adr/0058)',
  answers: [],
  refusals: { 400: ['unsupported_response_type'] },
} as const;

const DISCOVERY_OPERATIONS = {
  'GET /.well-known/openid-configuration': {
    ...metadata,
    id: 'readConfiguration',
    summary: 'Discovery (OIDC Discovery §4)',
  },
  'HEAD /.well-known/openid-configuration': headOf({
    ...metadata,
    id: 'probeConfiguration',
    summary: 'The headers of discovery',
  }),
  'OPTIONS /.well-known/openid-configuration': { ...methods, id: 'tellConfigurationMethods' },
  'GET /.well-known/oauth-authorization-server': {
    ...metadata,
    id: 'readAuthorizationServerMetadata',
    summary: 'Discovery (RFC 8414 §3)',
  },
  'HEAD /.well-known/oauth-authorization-server': headOf({
    ...metadata,
    id: 'probeAuthorizationServerMetadata',
    summary: 'The headers of discovery',
  }),
  'OPTIONS /.well-known/oauth-authorization-server': { ...methods, id: 'tellAuthorizationServerMetadataMethods' },
  'GET /.well-known/jwks.json': { ...keys, id: 'readKeys', summary: 'The keys that verify tokens (RFC 7517 §5)' },
  'HEAD /.well-known/jwks.json': headOf({ ...keys, id: 'probeKeys', summary: 'The headers of the key set' }),
  'OPTIONS /.well-known/jwks.json': { ...methods, id: 'tellKeysMethods' },
  'GET /authorize': { ...authorization, id: 'refuseAuthorization' },
  'POST /authorize': { ...authorization, id: 'refuseAuthorizationForm' },
} as const satisfies Readonly<Record<string, Operation>>;

const BY_DEVICE = { 401: ['invalid_device'] };
const DEVICE_OPERATIONS = {
  'POST /devices': {
    id: 'enrolDevice',
    tag: 'devices',
    summary: 'Enrol a device',
    body: 'Enrolment',
    answers: [created('Enrolled', 'The device is enrolled.')],
    refusals: {
      400: ['invalid_request', 'invalid_ticket', 'invalid_push_token'],
      409: ['conflict'],
      ...NO_TRAIL,
    },
  },
  'PATCH /devices/{device_id}': {
    id: 'changeDevice',
    tag: 'devices',
    summary: 'Change the name or the push token of the device',
    body: 'DeviceChange',
    answers: [ok('Device', 'The device as it is now.')],
    refusals: {
      400: ['invalid_request', 'invalid_push_token'],
      ...BY_DEVICE,
      403: ['access_denied'],
      409: ['conflict'],
      ...NO_TRAIL,
    },
  },
  'DELETE /devices/{device_id}': {
    id: 'removeOwnDevice',
    tag: 'devices',
    summary: 'Remove the device',
    answers: [done],
    refusals: { 400: ['invalid_request'], ...BY_DEVICE, 403: ['access_denied'] },
  },
  'PUT /device/user-code': {
    id: 'setOwnUserCode',
    tag: 'devices',
    summary: 'Set the user code of the user',
    body: 'UserCode',
    answers: [done],
    refusals: { 400: ['invalid_request'], ...BY_DEVICE, 409: ['conflict'], ...NO_TRAIL },
  },
  'GET /device/requests': {
    id: 'listPendingRequests',
    tag: 'devices',
    summary: 'List what waits for an answer',
    answers: [ok('PendingRequests', 'What waits.')],
    refusals: { 400: ['invalid_request'], ...BY_DEVICE },
  },
  'GET /device/requests/{request_id}': {
    id: 'readRequest',
    tag: 'devices',
    summary: 'Read what is asked',
    answers: [ok('RequestDetails', 'The document to show.')],
    refusals: { 400: ['invalid_request'], ...BY_DEVICE, 404: ['not_found'], 410: ['expired', 'withdrawn'] },
  },
  'POST /device/requests/{request_id}/response': {
    id: 'answerRequest',
    tag: 'devices',
    summary: 'Approve or deny',
    description: 'The signed response is the only credential.',
    body: 'DeviceResponse',
    answers: [done, { ...ok('NumberToShow', 'The approval counts once the client has entered this number.') }],
    refusals: {
      400: ['invalid_request', 'invalid_number', 'details_mismatch'],
      ...BY_DEVICE,
      403: ['insufficient_user_authentication'],
      404: ['not_found'],
      409: ['already_decided'],
      410: ['expired', 'withdrawn'],
      ...NO_TRAIL,
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;

const READ = { ...BY_OPERATOR, 404: ['not_found'] };
const CHANGE = { ...READ, 409: ['conflict'], ...NO_TRAIL };
/** What only takes rights away is done even if the audit trail cannot be written. */
const REMOVAL = { ...READ, 409: ['conflict'] };
const BAD = { 400: ['invalid_request'] };
const BAD_CLIENT = { 400: ['invalid_request', 'invalid_client_metadata'] };
const after = { after: { type: 'string', maxLength: 128, description: 'The `next` of the page before.' } };

const ADMIN_OPERATIONS = {
  'POST /admin/clients': {
    id: 'createClient',
    tag: 'admin',
    summary: 'Register a client (RFC 7591)',
    body: 'ClientRegistration',
    answers: [created('Client', 'The registration, with the secret if it has one.')],
    refusals: { ...BAD_CLIENT, ...BY_OPERATOR, 409: ['conflict'], ...NO_TRAIL },
  },
  'GET /admin/clients': {
    id: 'listClients',
    tag: 'admin',
    summary: 'List clients',
    query: after,
    answers: [ok('ClientPage', 'A page.')],
    refusals: { ...BAD, ...BY_OPERATOR },
  },
  'GET /admin/clients/{client_id}': {
    id: 'readClient',
    tag: 'admin',
    summary: 'Read a client',
    answers: [ok('Client', 'The registration.')],
    refusals: READ,
  },
  'PATCH /admin/clients/{client_id}': {
    id: 'changeClient',
    tag: 'admin',
    summary: 'Change a client, or make a new secret',
    description: 'The members that are sent change; null takes one out.',
    body: 'ClientChange',
    answers: [ok('Client', 'The registration as it is now.')],
    refusals: { ...BAD_CLIENT, ...CHANGE },
  },
  'DELETE /admin/clients/{client_id}': {
    id: 'removeClient',
    tag: 'admin',
    summary: 'Remove a client',
    answers: [done],
    refusals: REMOVAL,
  },
  'POST /admin/users': {
    id: 'createUser',
    tag: 'admin',
    summary: 'Create a user',
    body: 'UserCreation',
    answers: [created('User', 'The user.')],
    refusals: { ...BAD, ...BY_OPERATOR, 409: ['conflict'], ...NO_TRAIL },
  },
  'GET /admin/users': {
    id: 'listUsers',
    tag: 'admin',
    summary: 'List users',
    query: USER_PAGE_QUERY,
    answers: [ok('ListOfUsers', 'A page.')],
    refusals: { ...BAD, ...BY_OPERATOR },
  },
  'POST /admin/users/list': {
    id: 'listUsersByNames',
    tag: 'admin',
    summary: 'List users whose names begin with something',
    body: 'UserPage',
    answers: [ok('ListOfUsers', 'A page.')],
    refusals: { ...BAD, ...BY_OPERATOR },
  },
  'POST /admin/users/search': {
    id: 'findUser',
    tag: 'admin',
    summary: 'Find a user by a hint or the subject',
    body: 'UserSearch',
    answers: [ok('ShownUser', 'The user.')],
    refusals: { ...BAD, ...READ },
  },
  'GET /admin/users/{sub}': {
    id: 'readUser',
    tag: 'admin',
    summary: 'Read a user',
    answers: [ok('ShownUser', 'The user.')],
    refusals: READ,
  },
  'PATCH /admin/users/{sub}': {
    id: 'changeUser',
    tag: 'admin',
    summary: 'Change, block or unblock a user',
    description: 'The members that are sent change; null takes one out.',
    body: 'UserChange',
    answers: [ok('User', 'The user as they are now.')],
    refusals: { ...BAD, ...CHANGE },
  },
  'DELETE /admin/users/{sub}': {
    id: 'removeUser',
    tag: 'admin',
    summary: 'Remove a user with all devices',
    answers: [done],
    refusals: REMOVAL,
  },
  'GET /admin/users/{sub}/export': {
    id: 'exportUser',
    tag: 'admin',
    summary: 'Read everything that is kept of a user',
    answers: [{ status: 200, says: 'Everything that the tables hold.', body: ['UserExport', userExport] }],
    refusals: { ...READ, ...NO_TRAIL },
  },
  'POST /admin/users/{sub}/erase': {
    id: 'eraseUser',
    tag: 'admin',
    summary: 'Erase everything that is kept of a user',
    answers: [done],
    refusals: CHANGE,
  },
  'GET /admin/users/{sub}/evidence-keys': {
    id: 'readEvidenceKeys',
    tag: 'admin',
    summary: 'Read the keys that open the evidence of the decisions of a user',
    answers: [ok('EvidenceKeys', 'The keys.')],
    refusals: { ...READ, ...NO_TRAIL },
  },
  'POST /admin/users/{sub}/tickets': {
    id: 'createTicket',
    tag: 'admin',
    summary: 'Make an enrolment ticket',
    answers: [created('Ticket', 'The ticket.')],
    refusals: CHANGE,
  },
  'GET /admin/users/{sub}/tickets': {
    id: 'listTickets',
    tag: 'admin',
    summary: 'List the ticket that a phone can use',
    answers: [ok('Tickets', 'The ticket, if there is one.')],
    refusals: READ,
  },
  'DELETE /admin/users/{sub}/tickets': {
    id: 'endTickets',
    tag: 'admin',
    summary: 'End the ticket',
    answers: [done],
    refusals: REMOVAL,
  },
  'GET /admin/users/{sub}/devices': {
    id: 'listDevices',
    tag: 'admin',
    summary: 'List the devices of a user',
    answers: [ok('Devices', 'The devices.')],
    refusals: READ,
  },
  'DELETE /admin/users/{sub}/devices/{device_id}': {
    id: 'removeDevice',
    tag: 'admin',
    summary: 'Remove a device',
    answers: [done],
    refusals: REMOVAL,
  },
  'PUT /admin/users/{sub}/user-code': {
    id: 'setUserCode',
    tag: 'admin',
    summary: 'Set or change the user code',
    body: 'UserCode',
    answers: [done],
    refusals: { ...BAD, ...CHANGE },
  },
  'DELETE /admin/users/{sub}/user-code': {
    id: 'removeUserCode',
    tag: 'admin',
    summary: 'Remove the user code',
    answers: [done],
    refusals: CHANGE,
  },
  'GET /admin/users/{sub}/requests': {
    id: 'listRequests',
    tag: 'admin',
    summary: 'List the requests that a user got, with each attempt to reach them',
    answers: [ok('AskedRequests', 'The requests, the newest first.')],
    refusals: READ,
  },
  'GET /admin/users/{sub}/blocks': {
    id: 'listBlocks',
    tag: 'admin',
    summary: 'List the clients that the denials of a user block or make pause',
    answers: [ok('Blocks', 'The blocks.')],
    refusals: READ,
  },
  'DELETE /admin/users/{sub}/blocks/{client_id}': {
    id: 'unblockClient',
    tag: 'admin',
    summary: 'Let a client ask the user again',
    answers: [done],
    refusals: CHANGE,
  },
  'GET /admin/log-level': {
    id: 'readLogLevel',
    tag: 'admin',
    summary: 'Read how much is logged',
    answers: [ok('LogLevel', 'The level.')],
    refusals: BY_OPERATOR,
  },
  'PUT /admin/log-level': {
    id: 'setLogLevel',
    tag: 'admin',
    summary: 'Set how much is logged',
    body: 'LogLevelChange',
    answers: [ok('LogLevel', 'The level.')],
    refusals: { ...BAD, ...BY_OPERATOR, ...NO_TRAIL },
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** Every route that a function serves. One that is missing here, or is served no more, does not compile. */
export const OPERATIONS: Readonly<Record<RouteKey, Operation>> = {
  ...CLIENT_OPERATIONS,
  ...DISCOVERY_OPERATIONS,
  ...DEVICE_OPERATIONS,
  ...ADMIN_OPERATIONS,
} satisfies Readonly<Record<RouteKey, Operation>>;

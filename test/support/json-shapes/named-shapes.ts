import type { Outcome } from '../../../cli/asking/outcome.ts';
import type { Finding } from '../../../cli/doctor/check.ts';
import type { ClientView } from '../../../provider/core/client/client-view.ts';
import type { Evidence } from '../../../provider/core/deciding/evidence.ts';
import type { DeviceView } from '../../../provider/core/device/device.ts';
import type { OpenTicketView } from '../../../provider/core/device/enrolment-ticket.ts';
import type { AskedRequestView } from '../../../provider/core/person/asked-request.ts';
import type { ClientBlockView } from '../../../provider/core/person/client-block.ts';
import type { ShownUserView, UserView } from '../../../provider/core/person/profile.ts';
import type { TicketView } from '../../../provider/flows/device/manage-tickets.ts';
import type { LogLevelView } from '../../../provider/flows/operating/manage-log-level.ts';
import type { UserExport } from '../../../provider/flows/person/export-user.ts';
import type { ListedUserView } from '../../../provider/flows/person/list-users.ts';
import type { Named, Shape, ShapeOf } from './shape.ts';

const client = {
  client_id: 'text',
  'client_secret?': 'text',
  'client_secret_expires_at?': 'epoch seconds',
  'old_secret_expires_at?': 'epoch seconds',
  client_name: 'text',
  'scope?': 'text',
  'token_endpoint_auth_method?': 'text',
  'strict_token_endpoint_auth_method?': 'true or false',
  'jwks?': 'anything',
  'jwks_uri?': 'text',
  'token_endpoint_auth_signing_alg?': 'text',
  'grant_types?': ['text'],
  'backchannel_token_delivery_mode?': 'text',
  'backchannel_client_notification_endpoint?': 'text',
  'backchannel_user_code_parameter?': 'true or false',
  'backchannel_authentication_request_signing_alg?': 'text',
  'require_signed_request_object?': 'true or false',
  'id_token_signed_response_alg?': 'text',
  'access_token_signed_response_alg?': 'text',
  'scope_descriptions?': 'anything',
  'audiences?': ['text'],
  'default_audience?': 'text',
  'jwt_typ_audiences?': ['text'],
  'requests_per_minute?': 'number',
  'client_secret_days?': 'number',
  'require_openid_scope?': 'true or false',
  'login_hint_token_issuers?': [{ issuer: 'text', 'jwks?': 'anything', 'jwks_uri?': 'text', 'audience?': 'text' }],
  'number_matching?': 'text',
  'only_sub?': 'text',
  'warnings?': ['text'],
  'synthetic?': 'true or false',
} as const satisfies ShapeOf<ClientView>;

const user = {
  sub: 'text',
  'name?': 'text',
  'given_name?': 'text',
  'family_name?': 'text',
  'preferred_username?': 'text',
  'email?': 'text',
  'email_verified?': 'true or false',
  'phone_number?': 'text',
  'phone_number_verified?': 'true or false',
  'blocked?': 'true or false',
  'created_at?': 'epoch seconds',
  'synthetic?': 'true or false',
} as const satisfies ShapeOf<UserView>;

/** One user, with what a list does not have. */
export const shownUser = { ...user, 'user_code_set_at?': 'epoch seconds' } as const satisfies ShapeOf<ShownUserView>;
/** A user on a page of users. */
export const listedUser = { ...user, devices: 'number' } as const satisfies ShapeOf<ListedUserView>;
/** A user that a search found. */
export const foundUser = { ...user, found_by: 'text' } as const satisfies ShapeOf<UserView & { found_by: string }>;

export const device = {
  device_id: 'text',
  name: 'text',
  'platform?': 'text',
  'push?': 'text',
  enrolled_at: 'epoch seconds',
  'verification_key?': 'true or false',
  'leftover?': 'true or false',
} as const satisfies ShapeOf<DeviceView>;

/** A request that a user got. */
export const askedRequest = {
  request_id: 'text',
  txn: 'text',
  client_id: 'text',
  issued_at: 'epoch seconds',
  expires_at: 'epoch seconds',
  state: 'text',
  attempts: [{ kind: 'text', at: 'epoch seconds', 'devices?': 'number', 'accepted?': 'number', 'errors?': 'text' }],
} as const satisfies ShapeOf<AskedRequestView>;

const finding = {
  name: 'text',
  state: 'text',
  says: 'text',
  'todo?': 'text',
  'see?': 'text',
} as const satisfies ShapeOf<Finding & { name: string }>;

const token = { header: 'anything', claims: 'anything' } as const;
export const outcome = {
  outcome: 'text',
  issuer: 'text',
  client_id: 'text',
  'login_hint?': 'text',
  delivery: 'text',
  'request_id?': 'text',
  'txn?': 'text',
  'expires_in?': 'number',
  'interval?': 'number',
  polls: 'number',
  'tokens?': {
    token_type: 'text',
    'expires_in?': 'number',
    'scope?': 'text',
    'id_token?': token,
    access_token: token,
    has_refresh_token: 'true or false',
    'values?': 'anything',
  },
  'refusal?': {
    error: 'text',
    'error_description?': 'text',
    'status?': 'number',
    'retry_after_seconds?': 'number',
    means: 'text',
    next: 'text',
    page: 'text',
  },
} as const satisfies ShapeOf<Outcome>;

export const evidence = {
  version: 'number',
  txn: 'text',
  request_id: 'text',
  approvals: ['anything'],
  outcome: { recorded_at: 'epoch seconds', outcome: 'text', decision: 'text', 'reason?': 'text' },
  sha256: 'text',
} as const satisfies ShapeOf<Evidence & { sha256: string }>;

export const kept = {
  sub: 'text',
  exported_at: 'epoch seconds',
  'profile?': 'anything',
  listed: ['anything'],
  login_identifiers: ['anything'],
  devices: ['anything'],
  requests: ['anything'],
  rate_windows: ['anything'],
  long_requests: ['anything'],
  user_code_attempts: ['anything'],
  'user_code?': 'anything',
  blocks: ['anything'],
  evidence_keys: ['anything'],
  'audit_trail?': ['anything'],
} as const satisfies ShapeOf<UserExport & { audit_trail?: readonly unknown[] }>;

export const block = {
  client_id: 'text',
  'reported_at?': 'epoch seconds',
  'request_id?': 'text',
  denials: 'number',
  'paused_until?': 'epoch seconds',
} as const satisfies ShapeOf<ClientBlockView>;
export const ticket = {
  ticket: 'text',
  ticket_id: 'text',
  uri: 'text',
  expires_at: 'epoch seconds',
} as const satisfies ShapeOf<TicketView>;
export const openTicket = {
  ticket_id: 'text',
  issued_at: 'epoch seconds',
  expires_at: 'epoch seconds',
  'device_id?': 'text',
} as const satisfies ShapeOf<OpenTicketView>;
const logLevel = { level: 'text', 'until?': 'epoch seconds' } as const satisfies ShapeOf<LogLevelView>;

/** Shapes that several commands print, each with what it is. */
export const NAMED: Readonly<Record<Named, Shape>> = {
  'a client': client,
  'a user': user,
  'a finding': finding,
  'a question': { request_id: 'text', details_hash: 'text', details: 'anything' },
  'an answer': { request_id: 'text', decision: 'text', 'reason?': 'text', details_hash: 'text' },
  'a context': { name: 'text', url: 'text', 'stack?': 'text', 'region?': 'text', 'profile?': 'text' },
  'a rotation': { steps: [{ step: 'text', kid: 'text', algorithm: 'text' }] },
  'a log level': logLevel,
  'an examination': {
    healthy: 'true or false',
    'url?': 'text',
    'stack?': 'text',
    'region?': 'text',
    checks: ['a finding'],
  },
  'a verification': {
    proven: 'true or false',
    checks: [{ check: 'text', holds: 'true or false', means: 'text' }],
    approvals: [
      {
        decision: 'text',
        'reason?': 'text',
        user: 'text',
        device: 'text',
        key: 'text',
        provider: 'text',
        txn: 'text',
        signed: 'text',
        recorded: 'text',
        shown: 'text',
      },
    ],
  },
};

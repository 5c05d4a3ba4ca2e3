import { NUMBER_MATCHING } from '../deciding/number-matching.ts';
import { isDisplayable } from '../display-text.ts';
import { HTTPS_URL, isCallableUrl } from '../notifying/notification-endpoint.ts';
import { isSubject } from '../person/login-identifier.ts';
import { GRANT_TYPES } from '../token/grant-types.ts';
import { AUTHENTICATION_METADATA } from './authentication-metadata.ts';
import { DELIVERY_MODES, isClientId } from './client.ts';
import { HINT_METADATA } from './hint-issuers.ts';
import { KEY_METADATA } from './key-metadata.ts';
import type { MemberSpec, MemberValue } from './metadata-member.ts';
import { SECRET_DAYS } from './secrets.ts';
import { TOKEN_METADATA } from './token-metadata.ts';

const NAME_LIMIT = 64;
const DESCRIPTION_LIMIT = 120;
const AUDIENCE_LIMIT = 255;
const PRINTABLE = /^[\x21-\x7E]+$/;
const SCOPES = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/;

/**
 * The registration of a client, one row for each member: standard names first, the provider's own at the end. The type
 * of a registration, the bodies of the admin API, the options of the command line and tables in docs/ are made from it,
 * in this order. Rules that involve several members are in registration.ts.
 */
export const CLIENT_METADATA = {
  client_id: {
    kind: 'text',
    called: 'ID',
    source: 'RFC 7591 §3.2.1',
    means: 'The name by which the client authenticates. It can be set only at creation.',
    whenAbsent: 'a random id',
    change: 'never',
    audited: 'name',
    storedAs: 'clientId',
    rule: { expected: '1 to 64 letters, digits, dots, dashes or underscores', fits: isClientId },
  },
  client_name: {
    kind: 'text',
    called: 'NAME',
    source: 'RFC 7591 §2',
    means: 'The name of the client. The phone shows it to the user. No other client has one that looks the same.',
    whenAbsent: 'required',
    change: 'replace',
    audited: 'name',
    storedAs: 'name',
    rule: {
      expected: `1 to ${NAME_LIMIT} readable characters`,
      fits: (name) => isDisplayable(name, NAME_LIMIT),
    },
  },
  scope: {
    kind: 'text',
    called: 'SCOPES',
    source: 'RFC 7591 §2',
    means: 'Scopes that the client may have. It may always have `openid`.',
    whenAbsent: '`openid`',
    change: 'remove',
    audited: 'values',
    storedAs: 'scopes',
    rule: { expected: 'scope tokens separated by single spaces', fits: (scope) => SCOPES.test(scope) },
  },
  ...AUTHENTICATION_METADATA,
  ...KEY_METADATA,
  grant_types: {
    kind: 'choices',
    called: 'GRANT',
    of: GRANT_TYPES,
    source: 'RFC 7591 §2',
    means: 'Grants that the client may use at the token endpoint. A client in push mode needs none.',
    whenAbsent: '`urn:openid:params:grant-type:ciba`',
    change: 'replace',
    audited: 'values',
    storedAs: 'grantTypes',
  },
  backchannel_token_delivery_mode: {
    kind: 'choice',
    of: DELIVERY_MODES,
    source: 'CIBA §4',
    means: 'How the client learns that a request has ended. With `push` its notification endpoint gets the tokens.',
    whenAbsent: '`poll`',
    change: 'replace',
    audited: 'values',
    storedAs: 'deliveryMode',
  },
  backchannel_client_notification_endpoint: {
    kind: 'text',
    called: 'URL',
    source: 'CIBA §4',
    means:
      'Where a client in ping or push mode is notified. Required with `ping` and `push`, refused otherwise. Only public addresses are called.',
    whenAbsent: 'none',
    change: 'remove',
    audited: 'values',
    storedAs: 'notificationEndpoint',
    rule: {
      expected: HTTPS_URL,
      fits: isCallableUrl,
    },
  },
  backchannel_user_code_parameter: {
    kind: 'boolean',
    source: 'CIBA §4',
    means: 'Whether the client sends `user_code`. It can then ask people who have a user code.',
    whenAbsent: '`false`',
    change: 'remove',
    audited: 'values',
    storedAs: 'sendsUserCodes',
  },
  ...TOKEN_METADATA,
  scope_descriptions: {
    kind: 'texts_by_name',
    called: 'SCOPE=TEXT',
    source: 'own',
    means:
      'For each scope, the sentence that the phone shows. Standard scopes have their own, which cannot be changed.',
    whenAbsent: 'none',
    change: 'remove',
    audited: 'name',
    storedAs: 'scopeDescriptions',
    rule: {
      expected: `1 to ${DESCRIPTION_LIMIT} readable characters each: the phone shows them`,
      fits: (text) => isDisplayable(text, DESCRIPTION_LIMIT),
    },
  },
  audiences: {
    kind: 'texts',
    called: 'AUDIENCE',
    longest: AUDIENCE_LIMIT,
    most: 50,
    source: 'own',
    means: 'Audiences (APIs) that the client may ask tokens for: URIs, never the id of a client.',
    whenAbsent: 'none',
    change: 'remove',
    audited: 'values',
    storedAs: 'audiences',
    rule: {
      expected: `1 to ${AUDIENCE_LIMIT} printable ASCII characters each: the phone shows them`,
      fits: (audience) => audience.length <= AUDIENCE_LIMIT && PRINTABLE.test(audience),
    },
  },
  default_audience: {
    kind: 'text',
    called: 'AUDIENCE',
    longest: AUDIENCE_LIMIT,
    source: 'own',
    means: 'The audience when the client asks for none: one of `audiences`.',
    whenAbsent: 'the issuer',
    change: 'remove',
    audited: 'values',
    storedAs: 'defaultAudience',
  },
  requests_per_minute: {
    kind: 'whole_number',
    least: 1,
    source: 'own',
    means: 'The highest number of authentication requests a minute, counted over all users.',
    whenAbsent: 'the limit of the deployment: 60 unless `limits.perClient` says otherwise',
    change: 'remove',
    audited: 'name',
    storedAs: 'requestsPerMinute',
  },
  client_secret_days: {
    kind: 'whole_number',
    least: SECRET_DAYS.least,
    most: SECRET_DAYS.most,
    source: 'own',
    means:
      'For how many days each secret works. Another number gives the present secret a new end, counted from the change. Refused with `private_key_jwt`.',
    whenAbsent: 'as the setting `clientSecretDays` says',
    change: 'remove',
    audited: 'values',
    storedAs: 'secretDays',
  },
  require_openid_scope: {
    kind: 'boolean',
    source: 'own',
    means:
      'Whether each request must contain the scope `openid`, as CIBA says. If not, a request without it leads to an access token and no ID token.',
    whenAbsent: '`true`',
    change: 'remove',
    audited: 'values',
    storedAs: 'requiresOpenid',
  },
  ...HINT_METADATA,
  number_matching: {
    kind: 'choice',
    of: NUMBER_MATCHING,
    source: 'own',
    means:
      'Who has to enter a number before an approval counts. `phone_enters`: the client shows it, and the user types it on the phone. `client_enters`: the phone shows it, and the user types it where the request began.',
    whenAbsent: 'no number',
    change: 'remove',
    audited: 'values',
    storedAs: 'numberMatching',
  },
  only_sub: {
    kind: 'text',
    called: 'SUB',
    source: 'own',
    means: 'The one user that the client may ask; all others are unknown to it.',
    whenAbsent: 'any user',
    change: 'remove',
    audited: 'values',
    storedAs: 'onlySub',
    rule: { expected: 'the sub of a user', fits: isSubject },
  },
} as const satisfies Readonly<Record<string, MemberSpec>>;

/** The rows with their names, for code that works through the table row by row. */
export const CLIENT_METADATA_ROWS: readonly (readonly [name: string, member: MemberSpec])[] =
  Object.entries<MemberSpec>(CLIENT_METADATA);

type Table = typeof CLIENT_METADATA;
/** The name of a member. */
export type ClientMember = keyof Table;
type RequiredMember = {
  [Member in ClientMember]: Table[Member]['whenAbsent'] extends 'required' ? Member : never;
}[ClientMember];

/** A client's registration, as the table defines it, with the names of the wire. */
export type ClientMetadata = {
  readonly [Member in RequiredMember]: MemberValue<Table[Member]>;
} & {
  readonly [Member in Exclude<ClientMember, RequiredMember>]?: MemberValue<Table[Member]> | undefined;
};

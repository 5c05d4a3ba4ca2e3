import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import {
  CLIENT_METADATA,
  type ClientMember,
  type ClientMetadata,
  CLIENT_METADATA_ROWS as rows,
} from '../../../provider/core/client/metadata.ts';
import type { MemberSpec } from '../../../provider/core/client/metadata-member.ts';
import { describeClient, registerClient } from '../../../provider/core/client/registration.ts';
import type { Nothing, Whole } from '../../../provider/core/whole.ts';
import { CLIENT, refusalOf, valueFrom } from '../given.ts';

const OWN = { clientId: 'bank', registrationId: 'registration-1', secretHash: 'hash-of-secret' };
/** A registration with every member. A client with keys has no secret, so it has no days for one. */
const FULL = {
  client_id: 'bank',
  client_name: 'Example Bank',
  scope: 'openid pay',
  token_endpoint_auth_method: 'private_key_jwt',
  strict_token_endpoint_auth_method: true,
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'A'.repeat(43) }] },
  // In place of `jwks`, so no client has both.
  jwks_uri: undefined,
  token_endpoint_auth_signing_alg: 'ES256',
  backchannel_authentication_request_signing_alg: 'PS256',
  require_signed_request_object: true,
  grant_types: ['urn:openid:params:grant-type:ciba'],
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://client.example/cb',
  backchannel_user_code_parameter: true,
  id_token_signed_response_alg: 'PS256',
  access_token_signed_response_alg: 'ES256',
  jwt_typ_audiences: ['https://api.example'],
  scope_descriptions: { pay: 'Pay from your account' },
  audiences: ['https://api.example'],
  default_audience: 'https://api.example',
  requests_per_minute: 60,
  client_secret_days: undefined,
  require_openid_scope: false,
  login_hint_token_issuers: [
    { issuer: 'https://hints.example/', jwks_uri: 'https://hints.example/keys', audience: 'logins' },
  ],
  number_matching: 'phone_enters',
  only_sub: 'ana',
} as const satisfies Whole<ClientMetadata>;
/** A value of the member's shape whose text fits no rule. */
const unfit = ({ kind }: MemberSpec) => (kind === 'texts' ? ['\n'] : kind === 'texts_by_name' ? { x: '\n' } : '\n');

describe('the table of client metadata', () => {
  it('is whole: a registration with every member is described as it was given', () => {
    const client = valueFrom(registerClient(FULL, OWN));
    expect(describeClient(client)).toEqual(FULL);
    expect(Object.keys(FULL)).toEqual(rows.map(([member]) => member));
    const stored = Object.keys(client)
      .filter((member) => !['registrationId', 'isSynthetic', 'revision'].includes(member))
      .toSorted();
    expect([...new Set(rows.map(([, { storedAs }]) => storedAs))].toSorted()).toEqual(stored);
  });

  it.each(rows.filter(([, { rule }]) => rule))(
    'refuses a %s that breaks its rule, in the words of the rule',
    (name, row) => {
      const broken = {
        ...FULL,
        [name]: unfit(row),
        ...(name === 'audiences' && { default_audience: undefined, jwt_typ_audiences: undefined }),
      };
      const own = name === 'client_id' ? { ...OWN, clientId: '\n' } : OWN;
      const expected = row.rule?.expected;
      expect(refusalOf(registerClient(broken, own))).toEqual({
        reason: 'invalid_client_metadata',
        member: name,
        expected,
      });
    },
  );

  it('says of every choice what registration takes when it is absent', () => {
    const least = valueFrom(registerClient({ client_name: 'Example Bank', jwks: FULL.jwks }, OWN));
    const described: Readonly<Record<string, unknown>> = describeClient(least);
    const choices = rows.filter(([name, { kind }]) => kind.startsWith('choice') && described[name] !== undefined);
    expect(choices.map(([, { whenAbsent }]) => whenAbsent)).toEqual(choices.map(([name]) => `\`${described[name]}\``));
    expect(choices).toHaveLength(5);
  });
});

describe('what does not compile', () => {
  const absent = {
    strictMethod: undefined,
    notificationEndpoint: undefined,
    sendsUserCodes: undefined,
    defaultAudience: undefined,
    jwtTypAudiences: undefined,
    requestsPerMinute: undefined,
    secretDays: undefined,
    requiresOpenid: undefined,
    hintIssuers: undefined,
    numberMatching: undefined,
    requestAlgorithm: undefined,
    requiresSignedRequests: undefined,
    isSynthetic: undefined,
    revision: undefined,
  };
  const { onlySub, ...others } = { ...CLIENT, ...absent, onlySub: 'ana' } satisfies Whole<Client>;

  it('a member of a client that is not registered (registerClient)', () => {
    // @ts-expect-error: onlySub is forgotten
    others satisfies Whole<Client>;
    ({ ...others, onlySub }) satisfies Whole<Client>;
  });

  it('a member of a client that is not described (describeClient)', () => {
    const { onlySub: _, ...nothing } = { onlySub };
    nothing satisfies Nothing;
    // @ts-expect-error: onlySub is left
    ({ onlySub }) satisfies Nothing;
  });

  it('a member of the table that is not described (describeClient)', () => {
    const { only_sub, ...forgetful } = FULL;
    // @ts-expect-error: only_sub is forgotten
    forgetful satisfies Whole<ClientMetadata>;
    ({ ...forgetful, only_sub }) satisfies Whole<ClientMetadata>;
  });

  it('a row without a meaning, which help and documents show', () => {
    const { means, ...row } = CLIENT_METADATA.only_sub;
    // @ts-expect-error: the row means nothing
    row satisfies MemberSpec;
    ({ ...row, means }) satisfies MemberSpec;
  });

  it('a member of a client that no row stores, but for the registration id, the mark of the synthetic login and the revision', () => {
    type Own = 'registrationId' | 'isSynthetic' | 'revision';
    type Stored = (typeof CLIENT_METADATA)[ClientMember]['storedAs'] | Own;
    expectTypeOf<Exclude<keyof Client, Stored>>().toEqualTypeOf<never>();
    expectTypeOf<Exclude<keyof Client, Exclude<Stored, 'onlySub'>>>().toEqualTypeOf<'onlySub'>();
  });
});

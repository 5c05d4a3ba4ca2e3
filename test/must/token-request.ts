import type { Proof, Requirement } from './requirement.ts';

const FLOW = 'provider/flows/token/request-tokens.ts';
const FLOW_TEST = 'test/flows/token/request-tokens.test.ts';
const UNTOUCHED = 'no request is touched (CIBA §10.1)';
const REDEEMS = 'a client redeems an approval (CIBA §10.1)';
const GRANT = 'provider/flows/token/grants/ciba.ts';
const TABLE = 'provider/adapters/dynamodb/redeemable-requests-table.ts';
const ISSUE = 'provider/flows/token/issue-tokens.ts';

const flowTest = (group: string, title: string): Proof['test'] => ({ file: FLOW_TEST, titles: [group, title] });
const tableTest = (title: string): Proof['test'] => ({
  file: 'test/contract/tables.test.ts',
  titles: ['the tables on dynalite', 'authentication requests', title],
});
const ANSWERED = flowTest(REDEEMS, 'is answered both tokens, their life and the granted scope (OIDC Core §3.1.3.3)');
const clientsPart = 'It binds the client.';

/** The token request (CIBA §10.1) and its answer (CIBA §10.1.1). */
export const TOKEN_REQUEST_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-10.1.authentication',
    section: 'CIBA §10.1',
    level: 'MUST',
    says: 'The client authenticates at the token endpoint.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/client/authentication/client-secret.ts',
          text: "if (state !== 'works')",
          broken: "if (state === 'ended')",
        },
        test: flowTest(UNTOUCHED, 'for a client that failed to authenticate'),
      },
    ],
  },
  {
    id: 'CIBA-10.1.parameters',
    section: 'CIBA §10.1',
    level: 'MUST',
    says: 'A token request has `grant_type`, which is `urn:openid:params:grant-type:ciba`, and `auth_req_id`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: "if (grantType === undefined) return refuse({ reason: 'missing_parameter', name: 'grant_type' });",
          broken: '',
        },
        test: flowTest(UNTOUCHED, 'without a grant type'),
      },
      {
        breaks: {
          file: 'provider/core/token/grant-types.ts',
          text: "CIBA_GRANT = 'urn:openid:params:grant-type:ciba'",
          broken: "CIBA_GRANT = 'authorization_code'",
        },
        test: flowTest(UNTOUCHED, 'by another grant type'),
      },
      {
        breaks: {
          file: GRANT,
          text: "if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });",
          broken: "if (authReqId === undefined) return refuse({ reason: 'unknown_auth_req_id' });",
        },
        test: flowTest(UNTOUCHED, 'without an auth_req_id'),
      },
    ],
  },
  {
    id: 'CIBA-10.1.owner',
    section: 'CIBA §10.1, §11',
    level: 'MUST',
    says: 'The `auth_req_id` was issued to the client that sends it. The rule, and each write, checks it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/authentication-request.ts',
          text: "if (!isSameRegistration(request, client)) return refused({ reason: 'foreign_auth_req_id' });",
          broken: '',
        },
        test: {
          file: 'test/core/deciding/authentication-request.test.ts',
          titles: ['token endpoint: owner (CIBA §11)', 'tells another client nothing of a request that is approved'],
        },
      },
      {
        breaks: {
          file: TABLE,
          text: "'#client_id = :client AND #registration_id = :registration AND #state = :pending",
          broken:
            "'(#client_id = :client OR #client_id <> :client) AND #registration_id = :registration AND #state = :pending",
        },
        test: tableTest('recordPoll: in time once per interval, and tells the request otherwise (CIBA §10.1)'),
      },
      {
        breaks: {
          file: TABLE,
          text: "'#client_id = :client AND #state = :approved AND #expires_at > :oldest'",
          broken: "'(#client_id = :client OR #client_id <> :client) AND #state = :approved AND #expires_at > :oldest'",
        },
        test: tableTest('claimApproved: one of 50 wins, until a minute after expiry (CIBA §10.1.1)'),
      },
    ],
  },
  {
    id: 'CIBA-10.1.interval',
    section: 'CIBA §10.1',
    level: 'MUST',
    says: 'The client polls no more often than the interval allows.',
    status: 'not ours',
    because: `${clientsPart} The provider slows it down.`,
  },
  {
    id: 'CIBA-10.1.overlap',
    section: 'CIBA §10.1',
    level: 'MUST',
    says: 'The client sends no two requests for one `auth_req_id` at the same time.',
    status: 'not ours',
    because: `${clientsPart} If it does, one of them at most gets the tokens, and one at most counts as a poll in time.`,
  },
  {
    id: 'CIBA-10.1.wait',
    section: 'CIBA §10.1',
    level: 'SHOULD',
    says: 'The client can wait 30 seconds for the answer.',
    status: 'not ours',
    because: clientsPart,
  },
  {
    id: 'CIBA-10.1.long-polling',
    section: 'CIBA §10.1',
    level: 'MAY',
    says: 'The provider holds a token request until there is an outcome, for at most 30 seconds.',
    status: 'not offered',
    because:
      'Every poll is answered at once. A function that waits is paid for as long as it waits, and ping mode is faster.',
  },
  {
    id: 'CIBA-10.1.unavailable',
    section: 'CIBA §10.1',
    level: 'MAY',
    says: 'The provider answers 503 with `Retry-After` under load.',
    status: 'not offered',
    because:
      'API Gateway answers 429 to what is above the throttle of the route. The function refuses no poll because of load.',
  },
  {
    id: 'CIBA-10.1.1.response',
    section: 'CIBA §10.1.1, OIDC Core §3.1.3.3',
    level: 'MUST',
    says: 'The answer has `access_token`, `token_type`, `expires_in`, `id_token` and `scope`.',
    status: 'held',
    proofs: [
      { breaks: { file: ISSUE, text: '    access_token: accessToken,\n', broken: '' }, test: ANSWERED },
      {
        breaks: { file: ISSUE, text: '    token_type: tokenTypeFor(confirmation),\n', broken: '' },
        test: ANSWERED,
      },
      { breaks: { file: ISSUE, text: '    expires_in: lifetimes.accessTokenSeconds,\n', broken: '' }, test: ANSWERED },
      { breaks: { file: ISSUE, text: '{ id_token: await idTokenFor() }', broken: '{}' }, test: ANSWERED },
      { breaks: { file: ISSUE, text: "    scope: grant.scopes.join(' '),\n", broken: '' }, test: ANSWERED },
    ],
  },
  {
    id: 'CIBA-10.1.1.once',
    section: 'CIBA §10.1.1',
    level: 'MUST',
    says: 'One token request succeeds for an `auth_req_id`, and no other.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: GRANT,
          text: 'if (!claim.recorded) return refuse(lostTo(claim.stored, client, now));',
          broken: '',
        },
        test: flowTest(REDEEMS, 'loses a race with itself: its signatures go nowhere, and nothing is audited'),
      },
      {
        breaks: {
          file: TABLE,
          text: "'#client_id = :client AND #state = :approved AND #expires_at > :oldest'",
          broken: "'#client_id = :client AND (#state = :approved OR #state <> :approved) AND #expires_at > :oldest'",
        },
        test: tableTest('claimApproved: one of 50 wins, until a minute after expiry (CIBA §10.1.1)'),
      },
    ],
  },
  {
    id: 'CIBA-10.1.1.claims',
    section: 'CIBA §10.1.1',
    level: 'MUST',
    says: 'The ID token of a client that polls has no claims of push mode.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/token/id-token.ts',
          text: '...(issuance.pushedFor !== undefined && { [AUTH_REQ_ID_CLAIM]: issuance.pushedFor }),',
          broken: '[AUTH_REQ_ID_CLAIM]: issuance.issuer,',
        },
        test: {
          file: 'test/core/token/id-token.test.ts',
          titles: [
            'ID token (OIDC Core §2)',
            'has exactly these claims: no nonce, and no claims of push mode (CIBA §10.3.1)',
          ],
        },
      },
    ],
  },
];

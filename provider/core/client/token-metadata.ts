import { SIGNING_ALGORITHMS } from '../keys/jwk.ts';
import type { MemberSpec } from './metadata-member.ts';

/** The rows of a registration about the tokens that the client gets. */
export const TOKEN_METADATA = {
  id_token_signed_response_alg: {
    kind: 'choice',
    of: SIGNING_ALGORITHMS,
    source: 'OIDC Registration §2',
    means: 'Algorithm of ID tokens.',
    whenAbsent: '`RS256`',
    change: 'replace',
    audited: 'name',
    storedAs: 'idTokenAlgorithm',
  },
  access_token_signed_response_alg: {
    kind: 'choice',
    of: SIGNING_ALGORITHMS,
    source: 'own',
    means: "Algorithm of access tokens. API Gateway's JWT authorizers accept only `RS256`.",
    whenAbsent: '`RS256`',
    change: 'replace',
    audited: 'name',
    storedAs: 'accessTokenAlgorithm',
  },
  jwt_typ_audiences: {
    kind: 'texts',
    called: 'AUDIENCE',
    longest: 255,
    most: 50,
    source: 'own',
    means:
      'Those of `audiences` whose access tokens say `JWT` as `typ`, for APIs that refuse `at+jwt`: Spring Security with `issuer-uri` alone, or an API that knows tokens of Auth0. A token for several audiences says `JWT` only if all of them are here.',
    whenAbsent: 'none: every access token says `at+jwt` (RFC 9068)',
    change: 'remove',
    audited: 'values',
    storedAs: 'jwtTypAudiences',
  },
} as const satisfies Readonly<Record<string, MemberSpec>>;

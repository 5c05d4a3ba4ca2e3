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
} as const satisfies Readonly<Record<string, MemberSpec>>;

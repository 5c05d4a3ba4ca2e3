import { CLIENT_AUTHENTICATION_METHODS } from './client.ts';
import type { MemberSpec } from './metadata-member.ts';

/** The rows of a registration about how the client authenticates. */
export const AUTHENTICATION_METADATA = {
  token_endpoint_auth_method: {
    kind: 'choice',
    of: CLIENT_AUTHENTICATION_METHODS,
    source: 'RFC 7591 §2',
    means: 'How the client authenticates at every endpoint.',
    whenAbsent: '`private_key_jwt`',
    change: 'replace',
    audited: 'name',
    storedAs: 'credential',
  },
  strict_token_endpoint_auth_method: {
    kind: 'boolean',
    source: 'own',
    means:
      'Whether a secret is taken only in the way of `token_endpoint_auth_method`. If not, it may stand in the `Authorization` header (`client_secret_basic`) or in the body (`client_secret_post`). `private_key_jwt` is always strict.',
    whenAbsent: '`false`',
    change: 'remove',
    audited: 'values',
    storedAs: 'strictMethod',
  },
} as const satisfies Readonly<Record<string, MemberSpec>>;

import { SIGNING_ALGORITHMS } from '../keys/jwk.ts';
import { HTTPS_URL, isCallableUrl } from '../notifying/notification-endpoint.ts';
import type { MemberSpec } from './metadata-member.ts';

/** The rows of a registration about the keys of a client, and what it signs with them. */
export const KEY_METADATA = {
  jwks: {
    kind: 'public_keys',
    most: 10,
    source: 'RFC 7591 §2',
    means:
      'Public keys of the client: RSA of 2048 to 4096 bits, or EC on P-256. A client that signs has these or `jwks_uri`; others have neither. A client signs with `private_key_jwt`, and with `backchannel_authentication_request_signing_alg`.',
    whenAbsent: 'none',
    change: 'replace',
    audited: 'name',
    storedAs: 'credential',
  },
  jwks_uri: {
    kind: 'text',
    called: 'URL',
    source: 'RFC 7591 §2',
    means:
      'Where the client publishes its public keys as a JWK Set, in place of `jwks`. Only public addresses are called. A key that is taken out works for at most five minutes more, or 15 while the address does not answer.',
    whenAbsent: 'none',
    change: 'replace',
    audited: 'values',
    storedAs: 'credential',
    rule: { expected: HTTPS_URL, fits: isCallableUrl },
  },
  token_endpoint_auth_signing_alg: {
    kind: 'choice',
    of: SIGNING_ALGORITHMS,
    source: 'OIDC Registration §2',
    means: 'The only algorithm that client assertions may use.',
    whenAbsent: 'any of them',
    change: 'remove',
    audited: 'name',
    storedAs: 'credential',
  },
  backchannel_authentication_request_signing_alg: {
    kind: 'choice',
    of: SIGNING_ALGORITHMS,
    source: 'CIBA §4',
    means: 'The algorithm of signed authentication requests (`request`). Without it, a signed request is refused.',
    whenAbsent: 'requests are not signed',
    change: 'remove',
    audited: 'values',
    storedAs: 'requestAlgorithm',
  },
  require_signed_request_object: {
    kind: 'boolean',
    source: 'RFC 9101 §10.5',
    means: 'Whether each authentication request must be signed.',
    whenAbsent: '`false`',
    change: 'remove',
    audited: 'values',
    storedAs: 'requiresSignedRequests',
  },
} as const satisfies Readonly<Record<string, MemberSpec>>;

import type { Requirement } from './requirement.ts';

const because = 'Signed requests are not offered yet: a request with `request` or `request_uri` is refused.';

/** The signed authentication request (CIBA §7.1.1). */
export const SIGNED_REQUEST_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.1.only',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'No parameter of CIBA stands outside the signed request, but those that authenticate the client.',
    status: 'not offered',
    because,
  },
  {
    id: 'CIBA-7.1.1.signature',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'The request is signed with an asymmetric key under the registered algorithm.',
    status: 'not offered',
    because,
  },
  {
    id: 'CIBA-7.1.1.claims',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'It has `aud` with the issuer, `iss` with the client id, `exp`, `iat`, `nbf` and `jti`.',
    status: 'not offered',
    because,
  },
];

import type { Proof, Requirement } from './requirement.ts';

const FORM = 'provider/core/asking/signed-request.ts';
const CLAIMS = 'provider/core/asking/request-object.ts';
const RULES_TEST = 'test/core/asking/signed-request.test.ts';
const SIGNATURE = 'provider/flows/client/client-signature.ts';
const FLOW_TEST = 'test/flows/asking/signed-requests.test.ts';
const REFUSED = 'nothing is stored, and nobody is looked up (CIBA §7.1.1)';

/** Takes a check of a claim out, which the test of a request without this claim notices. */
const without = (claim: string, text: string): Proof => ({
  breaks: { file: CLAIMS, text, broken: '' },
  test: { file: RULES_TEST, titles: ['the claims of a signed request (CIBA §7.1.1)', `must contain ${claim}`] },
});

/** The signed authentication request (CIBA §7.1.1). */
export const SIGNED_REQUEST_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.1.only',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'No parameter of CIBA stands outside the signed request, but those that authenticate the client.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FORM,
          text: "return outside === undefined ? ok(request) : refuse({ reason: 'parameter_outside_signed_request', name: outside });",
          broken: 'return ok(request);',
        },
        test: {
          file: RULES_TEST,
          titles: ['the form of a signed request (CIBA §7.1.1)', 'has no login_hint outside the request'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.1.signature',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'The request is signed with an asymmetric key under the registered algorithm.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: SIGNATURE,
          text: "registered.algorithms.find((known) => known === decoded?.header['alg'])",
          broken: 'registered.algorithms[0]',
        },
        test: { file: FLOW_TEST, titles: [REFUSED, 'for an HMAC under a public key'] },
      },
      {
        breaks: {
          file: SIGNATURE,
          text: 'return key ? { ...decoded, key, algorithm } : { failure: undefined };',
          broken: 'return { ...decoded, key: key ?? candidates[0], algorithm };',
        },
        test: { file: FLOW_TEST, titles: [REFUSED, 'for a signature under another key'] },
      },
    ],
  },
  {
    id: 'CIBA-7.1.1.claims',
    section: 'CIBA §7.1.1',
    level: 'MUST',
    says: 'It has `aud` with the issuer, `iss` with the client id, `exp`, `iat`, `nbf` and `jti`.',
    status: 'held',
    proofs: [
      without(
        'aud',
        "if (!containsIssuer(aud, issuer)) return wrong('aud', 'the issuer, or a list of strings that contains it');",
      ),
      without('iss', "if (iss !== clientId) return wrong('iss', 'the client id');"),
      without(
        'exp',
        "if (typeof exp !== 'number' || exp <= now) return wrong('exp', 'an instant that has not passed');",
      ),
      without(
        'iat',
        "if (typeof iat !== 'number' || iat > soon) return wrong('iat', 'an instant that is not in the future');",
      ),
      without(
        'nbf',
        "if (typeof nbf !== 'number' || nbf > soon) return wrong('nbf', 'an instant that is not in the future');",
      ),
      without(
        'jti',
        "if (typeof jti !== 'string' || jti.length === 0 || jti.length > JTI_LIMIT) return wrong('jti', '1 to 256 characters');",
      ),
    ],
  },
  {
    id: 'CIBA-7.1.1.expiry',
    section: 'CIBA §7.1.1',
    level: 'MAY',
    says: '`requested_expiry` is a string or a number in it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/request-claims.ts',
          text: "(typeof claim === 'number' ? [String(claim)] : textClaim.read(claim))",
          broken: 'textClaim.read(claim)',
        },
        test: {
          file: RULES_TEST,
          titles: [
            'the parameters of a signed request',
            'may have requested_expiry as a number or as a string (CIBA §7.1.1)',
          ],
        },
      },
    ],
  },
];

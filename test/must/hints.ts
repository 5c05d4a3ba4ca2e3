import type { Requirement } from './requirement.ts';

// The hints that are tokens (CIBA §7.1, §14).

const JUDGE = 'provider/core/asking/id-token-hint.ts';
const JUDGE_TEST = 'test/core/asking/id-token-hint.test.ts';
const HINT = 'id_token_hint (CIBA §7.1, §14)';

export const HINT_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-14.hint.aud',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'The client that sends an `id_token_hint` is in its `aud`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: JUDGE,
          text: "if (!(Array.isArray(aud) ? aud : [aud]).includes(expected.clientId)) return wrong('audience');",
          broken: '',
        },
        test: { file: JUDGE_TEST, titles: [HINT, 'is refused for {"aud":"other"}: this client is not in it'] },
      },
    ],
  },
  {
    id: 'CIBA-14.hint.iss',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'An `id_token_hint` was issued by this provider, which a signature of one of its keys shows.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: JUDGE,
          text: "if (typeof iss !== 'string' || !namesIssuer(iss, expected.names)) return wrong('issuer');",
          broken: '',
        },
        test: { file: JUDGE_TEST, titles: [HINT, 'is refused of the issuer https://evil.example/'] },
      },
      {
        breaks: {
          file: 'provider/flows/keys/signed-here.ts',
          text: 'return key !== undefined && verifier.verifies(presented, key, algorithm);',
          broken: 'return key !== undefined;',
        },
        test: {
          file: 'test/flows/asking/id-token-hint.test.ts',
          titles: [
            'a client that names a user by an ID token (CIBA §7.1)',
            'is refused for one that a stranger signed; nothing is counted or stored',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/core/keys/signing-key.ts',
          text: "return keys.find((key) => key.kid === kid && key.state !== 'revoked');",
          broken: 'return keys.find((key) => key.kid === kid);',
        },
        test: {
          file: 'test/adapters/key-cache.test.ts',
          titles: [
            'the key that verifies a token of this provider (OIDC Core §10.1.1)',
            'is none once it is revoked, and none under another algorithm',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-14.hint.exp',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'An `id_token_hint` whose `exp` has passed is accepted within reason.',
    status: 'held',
    proofs: [
      {
        breaks: { file: JUDGE, text: 'now < exp + expected.acceptedForSeconds', broken: 'now < exp' },
        test: {
          file: JUDGE_TEST,
          titles: [HINT, 'is accepted as long after its end as a gone key is kept, and no second longer'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.hint.id_token',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'An `id_token_hint` is an ID token: an access token is none, whatever its type and audience.',
    status: 'held',
    proofs: [
      {
        breaks: { file: JUDGE, text: "if (!isIdToken(jws)) return wrong('not_an_id_token');", broken: '' },
        test: {
          file: JUDGE_TEST,
          titles: ['an access token is never a hint (CIBA §7.1)', 'whatever its audience, with the type JWT'],
        },
      },
    ],
  },
  {
    id: 'CIBA-14.hint_token.signed',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'A `login_hint_token` is signed by its issuer.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/request/verify-hint-token.ts',
          text: "return verified.includes(true) ? ok(true) : wrong('signature');",
          broken: 'return ok(true);',
        },
        test: {
          file: 'test/flows/asking/login-hint-token.test.ts',
          titles: [
            'a client that names a user by a login_hint_token (CIBA §7.1)',
            'is refused for the signature of a stranger; nothing is remembered, counted or stored',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/flows/asking/request/verify-hint-token.ts',
          text: "return isFirst ? ok(hint) : wrong('replayed');",
          broken: 'return ok(hint);',
        },
        test: {
          file: 'test/flows/asking/login-hint-token.test.ts',
          titles: [
            'a client that names a user by a login_hint_token (CIBA §7.1)',
            'can use it once, and without a jti until it expires',
          ],
        },
      },
    ],
  },
];

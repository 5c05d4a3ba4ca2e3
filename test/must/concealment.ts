import type { Requirement } from './requirement.ts';

const FIND = 'provider/flows/asking/request/find-and-count.ts';
const NOBODY = 'provider/flows/asking/request/ask-nobody.ts';
const TEST = 'test/flows/asking/concealed-users.test.ts';
const WHERE = 'where users are concealed (CIBA §14)';
const notices = (why: string, kind: string) =>
  `${why}, named by ${kind} in a form, with nothing besides: the client notices what it does of a person who does not answer`;

/** What a client may notice where users are concealed (CIBA §14), and requests without `openid` (RFC 6749). */
export const CONCEALMENT_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-14.conceal.time',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'Where users are concealed, a request for somebody who is not asked costs as many calls, and as many at a time, as any other.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: NOBODY,
          text: '    ports.rateWindows.giveBack({ sub: counted.sub, isLong: isLongLived(wanted.expiresInSeconds) }, counted.at),\n  ]);',
          broken:
            '  ]);\n  await ports.rateWindows.giveBack({ sub: counted.sub, isLong: isLongLived(wanted.expiresInSeconds) }, counted.at);',
        },
        test: { file: TEST, titles: [WHERE, notices('the user has no phone', 'login_hint')] },
      },
      {
        breaks: {
          file: FIND,
          text: '!allowed.ok && isHidden(allowed.refusal, ports.settings) ? ok(nobodyNamed(hint).sub) : allowed',
          broken: 'allowed',
        },
        test: { file: TEST, titles: [WHERE, notices('the client may ask somebody else alone', 'login_hint')] },
      },
    ],
  },
  {
    id: 'CIBA-14.conceal.aliases',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'Where users are concealed, a name beside that of a confederate does not tell by the confederate’s phone whether it is known.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FIND,
          text: 'filter((one) => one !== undefined || needsAll)',
          broken: 'filter((one) => one !== undefined)',
        },
        test: { file: TEST, titles: [WHERE, notices('nobody has one of two names', 'login_hint with two names')] },
      },
    ],
  },
  {
    id: 'RFC6749-3.3.scope',
    section: 'RFC 6749 §3.3',
    level: 'MUST',
    says: 'A request without a scope is processed with a default or fails with `invalid_scope`. A client that need not ask for `openid` gets no default.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/scope.ts',
          text: "requiresOpenid ? 'openid_scope_missing' : 'scope_missing'",
          broken: "'openid_scope_missing'",
        },
        test: {
          file: 'test/core/asking/scope.test.ts',
          titles: ['scope (RFC 6749 §3.3, CIBA §7.1)', 'must be there, with openid or not'],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/asked.ts',
          text: 'if (granted.length === 0)',
          broken: 'if (granted.length < 0)',
        },
        test: {
          file: 'test/core/asking/asked.test.ts',
          titles: [
            'what a client may ask the user to grant',
            'is at least one scope: nobody is asked to approve nothing (RFC 6749 §3.3)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-10.3.1.openid',
    section: 'CIBA §10.3.1',
    level: 'MUST',
    says: 'What is pushed has an ID token. So a client in push mode must ask for `openid`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/registration.ts',
          text: "metadata.backchannel_token_delivery_mode === 'push' && metadata.require_openid_scope === false",
          broken: "metadata.backchannel_token_delivery_mode === 'poll' && metadata.require_openid_scope === false",
        },
        test: {
          file: 'test/core/client/registration.test.ts',
          titles: [
            'token delivery (CIBA §4)',
            'is not push without an ID token, which binds the tokens to the request (CIBA §10.3.1)',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC6749-5.1.no-id-token',
    section: 'RFC 6749 §5.1',
    level: 'MUST',
    says: 'Without `openid` among the granted scopes the answer has an access token and no ID token.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/token/issue-tokens.ts',
          text: '...(asksIdToken(grant.scopes) && {',
          broken: '...(true && {',
        },
        test: {
          file: 'test/flows/token/ciba.test.ts',
          titles: [
            'a grant without openid',
            'becomes an access token alone: no ID token is signed, and the answer has none (RFC 6749 §5.1)',
          ],
        },
      },
    ],
  },
];

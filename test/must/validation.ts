import type { Requirement } from './requirement.ts';

const FLOW = 'provider/flows/asking/request-authentication.ts';
const REFUSED_TEST = 'test/flows/asking/refused-requests.test.ts';
const UNREAD = 'nothing is read of a user, counted or stored (CIBA §7.2)';
const UNASKED = 'a user who may not be asked (CIBA §7.2, §13)';

/** The order in which a request is checked (CIBA §7.2). */
export const VALIDATION_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.2.1',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'The client is authenticated first: a caller who is not learns nothing about users.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: 'const authenticated = await authenticateClient(ports, call);',
          broken: "await ports.people.find('ana');\n  const authenticated = await authenticateClient(ports, call);",
        },
        test: { file: REFUSED_TEST, titles: [UNREAD, 'for a client that failed to authenticate'] },
      },
    ],
  },
  {
    id: 'CIBA-7.2.2',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'A signed request is verified next. Nothing is read of one that is not.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/request/read-signed-request.ts',
          text: "if ('failure' in verified) return notVerified(verified.failure);",
          broken: "if ('failure' in verified) return ok({ parameters: new Map() });",
        },
        test: {
          file: 'test/flows/asking/signed-requests.test.ts',
          titles: ['nothing is stored, and nobody is looked up (CIBA §7.1.1)', 'for no signature'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.2.3',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'Every parameter is checked before a hint is resolved.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: '  if (!wanted.ok) return wanted;\n',
          broken: "  if (!wanted.ok) {\n    await ports.people.find('ana');\n    return wanted;\n  }\n",
        },
        test: { file: REFUSED_TEST, titles: [UNREAD, 'for an expiry that is no positive integer'] },
      },
    ],
  },
  {
    id: 'CIBA-7.2.4',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'A hint that does not resolve to one user is refused by the codes of section 13.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/askable.ts',
          text: "return refuse({ reason: 'unknown_user', because: differ ? 'different_users' : 'no_such_identifier' });",
          broken: "return ok('ana');",
        },
        test: {
          file: REFUSED_TEST,
          titles: [UNASKED, 'is unknown without an identifier, and nobody is read or counted'],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/askable.ts',
          text: 'if (!isNamedBy(user, hint)) return',
          broken: 'if (!hint) return',
        },
        test: {
          file: REFUSED_TEST,
          titles: [UNASKED, 'is unknown by an identifier that is a leftover: of nobody, or of one who gave it up'],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.2.5',
    section: 'CIBA §7.2',
    level: 'MUST',
    says: 'A request without a required parameter is refused, before anybody is looked up.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/backchannel-request.ts',
          text: "scopes: (form, policy) => parseScope(single(form, 'scope'), policy)",
          broken: "scopes: (form, policy) => parseScope(single(form, 'scope') ?? 'openid', policy)",
        },
        test: { file: REFUSED_TEST, titles: [UNREAD, 'without a scope'] },
      },
    ],
  },
];

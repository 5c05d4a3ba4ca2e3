import type { Requirement } from './requirement.ts';

const TEST = 'test/core/deciding/number-matching.test.ts';
const RULES = 'provider/core/deciding/number-matching.ts';

/** Numbers that are matched between two screens (RFC 10027 §6.1.16), and what tokens say of it (RFC 8176). */
export const NUMBER_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RFC10027-6.1.16.code',
    section: 'RFC 10027 §6.1.16',
    level: 'MAY',
    says: 'The user verifies that they began the request: their device shows a code, which they enter where it began.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RULES,
          text: "return numberMatching === 'client_enters' && decision === 'approve';",
          broken: "return numberMatching === 'client_enters' && decision === 'deny';",
        },
        test: {
          file: TEST,
          titles: ['an approval (RFC 10027 §6.1.16)', 'counts at once unless the client has to enter the number'],
        },
      },
      {
        breaks: {
          file: 'provider/core/deciding/entered-number.ts',
          text: 'return ok(isAwaited && isRight ? { request, matched: request } : { request });',
          broken: 'return ok(isAwaited ? { request, matched: request } : { request });',
        },
        test: {
          file: TEST,
          titles: ['a number that a client enters (RFC 10027 §6.1.16)', 'matches the one that the phone shows'],
        },
      },
      {
        breaks: { file: RULES, text: 'NUMBER_TRIES = 3', broken: 'NUMBER_TRIES = 100' },
        test: {
          file: TEST,
          titles: ['a number (RFC 10027 §6.1.16)', 'may be wrong twice, and the third wrong one leaves no attempt'],
        },
      },
      {
        breaks: {
          file: 'provider/flows/deciding/answer/check-number.ts',
          text: "if (answer.number === undefined) return refuse({ reason: 'number_required' });",
          broken: 'if (answer.number === undefined) return ok(true);',
        },
        test: {
          file: 'test/flows/deciding/number-matching.test.ts',
          titles: [
            'a number that the phone has to enter (RFC 10027 §6.1.16)',
            'is needed for an approval, and for no denial',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC8176-2.mca',
    section: 'RFC 8176 §2',
    level: 'OPEN',
    says: '`mca` is in `amr` if the authentication used more than one channel: if a number matched.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/decision.ts',
          text: 'numberMatching ? withMultipleChannels(verification.amr) : verification.amr',
          broken: 'verification.amr',
        },
        test: {
          file: TEST,
          titles: [
            'an approval (RFC 10027 §6.1.16)',
            'has mca once its number matched, and no class follows from it (RFC 8176 §2)',
          ],
        },
      },
    ],
  },
];

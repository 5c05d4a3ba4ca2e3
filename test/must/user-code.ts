import type { Proof, Requirement } from './requirement.ts';

const CHECK = 'provider/flows/asking/request/check-user-code.ts';
const TEST = 'test/flows/asking/user-code.test.ts';
const ASKING = 'a client that asks a person who has a user code (CIBA §7.1.2)';

/** A break of the step that checks a code, and the title of the test that notices it. */
const check = (text: string, broken: string, ...titles: readonly string[]): Proof => ({
  breaks: { file: CHECK, text, broken },
  test: { file: TEST, titles },
});

/** The user code (CIBA §7.1.2). */
export const USER_CODE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.2.store',
    section: 'CIBA §7.1.2',
    level: 'MUST',
    says: 'The client does not store the user code.',
    status: 'not ours',
    because: 'It binds the client.',
  },
  {
    id: 'CIBA-7.1.2.change',
    section: 'CIBA §7.1.2',
    level: 'SHOULD',
    says: 'The user can set and change the user code at the provider.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/device/set-user-code.ts',
          text: 'return storeUserCode(',
          broken: 'return authenticated.ok ? { ok: true, value: true } : storeUserCode(',
        },
        test: {
          file: 'test/flows/device/set-user-code.test.ts',
          titles: [
            'a phone sets the user code of its person (CIBA §7.1.2)',
            'whether there was one or not, and the audit trail names the phone',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.1.2.policy',
    section: 'CIBA §7.1.2',
    level: 'MAY',
    says: 'The provider may demand a user code of some users and not of others, and can check it.',
    status: 'held',
    proofs: [
      check(
        'const code = found?.userCode;',
        "const code: UserWithBlocks['userCode'] = undefined;",
        ASKING,
        'rings nobody with a wrong code, stores nothing, and uses up no limit of the person',
      ),
      check(
        'const counted = await rateWindows.countUserCode(attempt, settings.wrongUserCodes, now);\n  const isRight = await userCodeHashes.matches(sent, code?.hash);',
        'const isRight = await userCodeHashes.matches(sent, code?.hash);\n  const counted = await rateWindows.countUserCode(attempt, settings.wrongUserCodes, now);',
        ASKING,
        'is refused before anything is hashed if the attempt cannot be counted',
      ),
      check(
        "refusal.reason === 'unknown_user'",
        'false',
        'a user code for an unknown user (CIBA §7.1.2)',
        'is hashed once, although nobody is there to compare it with',
      ),
    ],
  },
];

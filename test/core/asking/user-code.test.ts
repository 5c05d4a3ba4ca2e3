import { describe, expect, it } from 'vitest';
import { judgeUserCode, type TriedUserCode } from '../../../provider/core/asking/user-code.ts';
import { ok } from '../../../provider/core/result.ts';
import { refusalOf } from '../given.ts';

const RIGHT: TriedUserCode = {
  code: { profileId: 'profile-1', codeId: 'code-1', hash: 'hash', setAt: 1 },
  isSupported: true,
  counted: { allowed: true },
  isRight: true,
};
const LOCKED = { allowed: false, retryAfterSeconds: 60 } as const;
const judge = (different: Partial<TriedUserCode>) => judgeUserCode({ ...RIGHT, ...different });

describe('the user code of a request', () => {
  it('lets the client ask if it is right (CIBA §7.1.2)', () => {
    expect(judge({})).toEqual(ok(true));
  });

  it('is missing_user_code if the user has one and none was sent (CIBA §13)', () => {
    expect(refusalOf(judge({ counted: undefined, isRight: false }))).toEqual({
      reason: 'missing_user_code',
      because: 'not_sent',
    });
  });

  it('is missing_user_code also for a client that cannot send one: the code fails closed (CIBA §13)', () => {
    expect(refusalOf(judge({ counted: undefined, isRight: false, isSupported: false }))).toEqual({
      reason: 'missing_user_code',
      because: 'client_not_registered',
    });
  });

  it('is invalid_user_code if it is wrong (CIBA §13)', () => {
    expect(refusalOf(judge({ isRight: false }))).toEqual({ reason: 'wrong_user_code' });
  });

  it.each([true, false])(
    'is refused after too many wrong ones, and the answer is the same whether it is right: %s',
    (isRight) => {
      expect(refusalOf(judge({ counted: LOCKED, isRight }))).toEqual({
        reason: 'too_many_wrong_user_codes',
        retryAfterSeconds: 60,
      });
    },
  );

  it.each([{}, { isRight: false }, { counted: LOCKED }, { counted: undefined }])(
    'is ignored for a user who needs none, whatever was sent',
    (different) => {
      expect(judge({ code: undefined, ...different })).toEqual(ok(true));
    },
  );
});

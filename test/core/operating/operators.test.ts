import { describe, expect, it } from 'vitest';
import { checkOperator } from '../../../provider/core/operating/operators.ts';

const SESSION = 'arn:aws:sts::111122223333:assumed-role/CibaOperators/ana';

describe('who may call the admin API', () => {
  it.each<[string, readonly string[], boolean]>([
    ['everybody whom IAM lets through, without a list', [], true],
    ['an identity that is listed', [SESSION], true],
    ['each session of a role that is listed', ['arn:aws:sts::111122223333:assumed-role/CibaOperators/*'], true],
    ['one of several', ['arn:aws:iam::111122223333:user/bo', SESSION], true],
    ['no other session', ['arn:aws:sts::111122223333:assumed-role/CibaOperators/bo'], false],
    ['no role whose name begins alike', ['arn:aws:sts::111122223333:assumed-role/Ciba/*'], false],
    ['no role of another account', ['arn:aws:sts::444455556666:assumed-role/CibaOperators/*'], false],
    ['nobody by a star elsewhere', ['arn:aws:sts::*:assumed-role/CibaOperators/ana', '*'], false],
  ])('%s', (_, listed, admitted) => {
    const result = checkOperator(SESSION, listed);
    expect(result).toEqual(
      admitted ? { ok: true, value: SESSION } : { ok: false, refusal: { reason: 'operator_not_listed' } },
    );
  });

  it('nobody without an identity, where there is a list', () => {
    expect(checkOperator('', [SESSION]).ok).toBe(false);
    expect(checkOperator('', ['arn:aws:sts::111122223333:assumed-role/CibaOperators/*']).ok).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { checkNoRepeats, single } from '../../provider/core/form.ts';
import { refusalOf } from './given.ts';

describe('form parameters (RFC 6749 §3.2)', () => {
  it('has one value of a parameter, or none', () => {
    const form = new Map([['scope', ['openid']]]);
    expect(single(form, 'scope')).toBe('openid');
    expect(single(form, 'login_hint')).toBeUndefined();
  });

  it('refuses a repeated parameter by name, even an unknown one with equal values', () => {
    expect(
      refusalOf(
        checkNoRepeats(
          new Map([
            ['a', ['1']],
            ['x', ['1', '1']],
          ]),
        ),
      ),
    ).toEqual({
      reason: 'repeated_parameter',
      name: 'x',
    });
  });

  it('lets resource repeat where it is named as an exception (RFC 8707 §2)', () => {
    const form = new Map([['resource', ['https://a.example/', 'https://b.example/']]]);
    expect(checkNoRepeats(form, ['resource'])).toEqual({ ok: true, value: form });
    expect(refusalOf(checkNoRepeats(form))).toEqual({ reason: 'repeated_parameter', name: 'resource' });
  });
});

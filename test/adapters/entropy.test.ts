import { describe, expect, it } from 'vitest';
import { entropy } from '../../provider/adapters/entropy.ts';

describe('auth_req_id (CIBA §7.3)', () => {
  const drawn = Array.from({ length: 1000 }, () => entropy.secret());

  it('has 256 bits, and is never the same', () => {
    expect(drawn.filter((one) => Buffer.from(one, 'base64url').length !== 32)).toEqual([]);
    expect(new Set(drawn).size).toBe(1000);
  });

  it('has only letters, digits, dashes and underscores', () => {
    expect(drawn.filter((one) => !/^[A-Za-z0-9_-]+$/.test(one))).toEqual([]);
  });
});

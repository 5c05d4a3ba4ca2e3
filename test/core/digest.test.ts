import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalInConstantTime, requestIdOf, sha256, txnOf } from '../../provider/core/digest.ts';

// FIPS 180-2 appendix B.1: SHA-256("abc").
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('digests', () => {
  it('is SHA-256 in base64url without padding', () => {
    expect(sha256('abc')).toBe(Buffer.from(ABC, 'hex').toString('base64url'));
    expect(sha256(new TextEncoder().encode('abc'))).toBe(sha256('abc'));
    expect(sha256('')).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('hashes text as UTF-8', () => {
    expect(sha256('é')).toBe(sha256(new Uint8Array([0xc3, 0xa9])));
  });

  it('names a request by a one-way hash of its auth_req_id, from which nothing can be redeemed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (authReqId) => {
        const requestId = requestIdOf(authReqId);
        expect(requestId).toBe(sha256(authReqId));
        expect(requestId).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(requestIdOf(requestId)).not.toBe(requestId);
      }),
    );
  });

  it('shortens the request id for logs to 16 hexadecimal characters that are no part of it', () => {
    expect(txnOf('abc')).toBe(ABC.slice(0, 16));
    expect(txnOf(requestIdOf('x'))).not.toBe(Buffer.from(requestIdOf('x'), 'base64url').toString('hex').slice(0, 16));
  });

  it('compares strings of any lengths, without throwing where they differ', () => {
    expect(equalInConstantTime('', '')).toBe(true);
    expect(equalInConstantTime('a', '')).toBe(false);
    expect(equalInConstantTime('secret', 'secret ')).toBe(false);
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b);
        expect(equalInConstantTime(a, a)).toBe(true);
      }),
    );
  });
});

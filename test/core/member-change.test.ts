import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange } from '../../provider/core/member-change.ts';

describe('change of members (RFC 7396 for a flat record)', () => {
  it('keeps what is absent, replaces what is given, takes out what is null', () => {
    expect(applyChange({ a: 1, b: 2, c: 3 }, { b: 20, c: null })).toEqual({ a: 1, b: 20 });
    expect(applyChange<{ a?: number; b?: number }>({ a: 1 }, { a: undefined, b: 2 })).toEqual({ a: 1, b: 2 });
  });

  it('keeps false, zero and empty text, which are values', () => {
    expect(applyChange({ a: true, b: 1, c: 'x' }, { a: false, b: 0, c: '' })).toEqual({ a: false, b: 0, c: '' });
  });

  it('takes out what is not there without a word', () => {
    expect(applyChange<{ a?: number; b?: number }>({ a: 1 }, { b: null })).toEqual({ a: 1 });
  });

  it('changes neither what it was given, and an empty change changes nothing', () => {
    const records = fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string()));
    fc.assert(
      fc.property(records, records, (before, change) => {
        const copies = structuredClone([before, change]);
        applyChange(before, change);
        expect([before, change]).toEqual(copies);
        expect(applyChange(before, {})).toEqual(before);
        expect(applyChange(before, before)).toEqual(before);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChange, changedMembers } from '../../provider/core/member-change.ts';

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

describe('members that a change made another', () => {
  const audited = { kept: 'values', known: 'name' } as const;

  it('are named, with their values before and after where these may be kept', () => {
    const changed = changedMembers(
      { kept: 'a', known: 'a', other: 'a' },
      { kept: 'b', known: 'b', other: 'b' },
      audited,
    );
    expect(changed).toEqual([{ member: 'kept', before: 'a', after: 'b' }, { member: 'known' }, { member: 'other' }]);
    expect(changed.slice(1).flatMap(Object.keys)).toEqual(['member', 'member']);
  });

  it('are those that came and those that went, too', () => {
    expect(changedMembers({ kept: 1 }, { known: 1 }, audited)).toEqual([
      { member: 'kept', before: 1, after: undefined },
      { member: 'known' },
    ]);
  });

  it('are not those that stayed, whatever the order of their own members; an absent one is undefined', () => {
    const before = { kept: { a: 1, b: [{ c: 1, d: 2 }] }, known: undefined };
    const after = { kept: { b: [{ d: 2, c: 1 }], a: 1 } };
    expect(changedMembers(before, after, audited)).toEqual([]);
    expect(changedMembers({ kept: [1, 2] }, { kept: [2, 1] }, audited)).toHaveLength(1);
    expect(changedMembers({ kept: { a: null } }, { kept: {} }, audited)).toHaveLength(1);
    expect(changedMembers({ kept: null }, {}, audited)).toHaveLength(1);
  });
});

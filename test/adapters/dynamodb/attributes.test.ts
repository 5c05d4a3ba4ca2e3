import * as sdk from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marshall, unmarshall } from '../../../provider/adapters/dynamodb/attributes.ts';

/** A value of any kind that is stored, with members that are not there. */
const anyValue = fc.letrec((value) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((texts) => new Set(texts)),
    fc.array(fc.option(value('any'), { nil: undefined })),
    value('item'),
  ),
  item: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.option(value('any'), { nil: undefined }),
  ),
}));
const anyItem = anyValue.item as fc.Arbitrary<Record<string, unknown>>;

describe('an item is written and read as the package of the SDK does it', () => {
  it('for any item', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const theirs = sdk.marshall(item, { removeUndefinedValues: true });
        expect(marshall(item)).toEqual(theirs);
        expect(unmarshall(theirs)).toEqual(sdk.unmarshall(theirs));
      }),
    );
  });

  it.each([
    ['no text', ''],
    ['no bytes', new Uint8Array()],
    ['a Buffer', Buffer.from('x')],
    ['nothing in a list', []],
    ['nothing in a map', {}],
    ['a map without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['zero', 0],
    ['minus zero', -0],
    ['a fraction', 0.1],
    ['the largest number', Number.MAX_SAFE_INTEGER],
    ['no', false],
  ])('for %s', (_, value) => {
    const theirs = sdk.marshall({ value }, { removeUndefinedValues: true });
    expect(marshall({ value })).toEqual(theirs);
    expect(unmarshall(theirs)).toEqual(sdk.unmarshall(theirs));
  });
});

describe('what cannot be stored is a fault for both', () => {
  it.each([
    ['no number', Number.NaN],
    ['an endless number', Number.POSITIVE_INFINITY],
    ['a number beyond those that are exact', 2 ** 53],
    ['one below them', -(2 ** 53)],
    ['an empty set', new Set()],
    ['a set of other things', new Set([{}])],
    ['an instant', new Date(0)],
    ['an address', new URL('https://op.example/')],
    ['a name that cannot be written', Symbol('x')],
  ])('%s', (_, value) => {
    expect(() => sdk.marshall({ value }, { removeUndefinedValues: true })).toThrow();
    expect(() => marshall({ value })).toThrow();
    expect(() => marshall({ list: [{ value }] })).toThrow();
  });

  it('a set with a text and something else, and code', () => {
    expect(() => marshall({ value: new Set(['a', undefined]) })).toThrow();
    expect(() => marshall({ value: () => 1 })).toThrow();
  });

  it('an attribute of a kind that nothing stores', () => {
    expect(() => unmarshall({ value: { NS: ['1'] } })).toThrow();
  });
});

it('a member that is named like the prototype is a member as any other', () => {
  const item = JSON.parse('{"__proto__":{"admin":true}}');
  expect(Object.keys(marshall(item))).toEqual(['__proto__']);
  const read = unmarshall(marshall({ item }))['item'];
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(JSON.stringify(read)).toBe('{"__proto__":{"admin":true}}');
});

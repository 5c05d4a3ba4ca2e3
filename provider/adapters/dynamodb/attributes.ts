import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './items.ts';

// How plain values stand in an item, as `@aws-sdk/util-dynamodb` writes and reads them. That package has every kind of
// value in every function; this has those that are stored (docs/adr/0046).

/** An item as DynamoDB takes and gives it. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Returns an item as DynamoDB takes it. What is undefined, at any depth, is left out. Throws if a value has no form.
 */
export function marshall(item: Item): Attributes {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, attributeOf(value)]),
  );
}

/** Returns the plain values of an item. */
export function unmarshall(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, valueIn(attribute)]));
}

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: numberText(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(attributeOf) };
  if (value instanceof Set) return { SS: textsIn(value) };
  if (isPlain(value)) return { M: marshall(value) };
  throw new Error(`a ${typeof value} cannot be stored`);
}

/** Numbers that JavaScript does not know exactly would be stored as others. */
function numberText(value: number): string {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) throw new Error(`the number ${value} cannot be stored`);
  return String(value);
}

/** DynamoDB has no empty set. */
function textsIn(set: ReadonlySet<unknown>): string[] {
  const texts = [...set].filter((one) => typeof one === 'string');
  if (texts.length === 0 || texts.length < set.size) throw new Error('a stored set has one text or more');
  return texts;
}

function isPlain(value: unknown): value is Item {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function valueIn({ S, N, BOOL, NULL, B, L, M, SS }: AttributeValue): unknown {
  if (N !== undefined) return Number(N);
  if (L) return L.map(valueIn);
  if (M) return unmarshall(M);
  if (SS) return new Set(SS);
  if (NULL) return null;
  const value = S ?? B ?? BOOL;
  if (value === undefined) throw new Error('an attribute of another kind');
  return value;
}

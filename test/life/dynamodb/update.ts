import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../../provider/adapters/dynamodb/attributes.ts';
import { ExpressionText, type Operand, type Path, placeOf, type Scope, valueAt } from './expression-text.ts';

/** What an update expression makes of an item. The item itself stays as it is. */
export type Update = (scope: Scope) => Attributes;

/** One step: where it writes, and what. Undefined removes the attribute. All steps read the item as it was before. */
type Step = { readonly path: Path; readonly value: (scope: Scope, before: AttributeValue | undefined) => Written };
type Written = AttributeValue | undefined;

const parsed = new Map<string, Update>();

/** Reads an update expression. Each text is read once. */
export function parseUpdate(text: string): Update {
  const known = parsed.get(text);
  if (known) return known;
  const source = new ExpressionText(text);
  const steps: Step[] = [];
  while (source.next !== undefined) {
    const step = stepOf(source.take());
    do steps.push(step(source));
    while (source.takes(','));
  }
  const update: Update = (scope) =>
    steps.reduce<Attributes>((item, { path, value }) => {
      const place = path(scope);
      return written(item, place, value(scope, valueAt(scope.item, place)));
    }, scope.item);
  parsed.set(text, update);
  return update;
}

function stepOf(clause: string): (source: ExpressionText) => Step {
  switch (clause) {
    case 'SET':
      return assignment;
    case 'REMOVE':
      return (source) => ({ path: source.path(), value: () => undefined });
    case 'ADD':
      return (source) => combination(source, added);
    case 'DELETE':
      return (source) => combination(source, without);
    default:
      throw new Error(`an unknown clause: ${clause}`);
  }
}

function assignment(source: ExpressionText): Step {
  const path = source.path();
  source.expect('=');
  const first = source.operand();
  const sign = source.takes('+') ? 1 : source.takes('-') ? -1 : undefined;
  if (!sign) return { path, value: (scope) => known(first, scope) };
  const second = source.operand();
  return { path, value: (scope) => sum(known(first, scope), known(second, scope), sign) };
}

function combination(
  source: ExpressionText,
  combine: (before: AttributeValue | undefined, value: AttributeValue) => Written,
): Step {
  const path = source.path();
  const value = source.operand();
  return { path, value: (scope, before) => combine(before, known(value, scope)) };
}

function known(operand: Operand, scope: Scope): AttributeValue {
  const value = operand(scope);
  if (!value) throw new Error('the update reads an attribute that the item does not have');
  return value;
}

function sum(one: AttributeValue, other: AttributeValue, sign: 1 | -1 = 1): AttributeValue {
  if (one.N === undefined || other.N === undefined) throw new Error('only numbers are added');
  return { N: String(Number(one.N) + sign * Number(other.N)) };
}

function added(before: AttributeValue | undefined, value: AttributeValue): Written {
  if (value.N !== undefined) return sum(before ?? { N: '0' }, value);
  if (!value.SS || (before && !before.SS)) throw new Error('only numbers and sets of texts are added');
  return { SS: [...new Set([...(before?.SS ?? []), ...value.SS])] };
}

/** DynamoDB has no empty set. */
function without(before: AttributeValue | undefined, value: AttributeValue): Written {
  if (!before) return undefined;
  if (!before.SS || !value.SS) throw new Error('only texts are taken out of sets');
  const left = before.SS.filter((one) => !value.SS?.includes(one));
  return left.length > 0 ? { SS: left } : undefined;
}

function written(item: Attributes, [first = '', ...more]: readonly string[], value: Written): Attributes {
  const { [first]: before, ...others } = item;
  if (more.length > 0) return { ...item, [first]: writtenIn(before, more, value) };
  return value === undefined ? others : { ...item, [first]: value };
}

function writtenIn(whole: Written, path: readonly string[], value: Written): AttributeValue {
  const [first = '', ...more] = path;
  if (!first.startsWith('[')) {
    if (!whole?.M) throw new Error('the path of an update leads to nothing');
    return { M: written(whole.M, path, value) };
  }
  const list = whole?.L;
  if (!list) throw new Error('the path of an update leads to no list');
  const place = placeOf(first);
  if (more.length > 0) return { L: list.with(place, writtenIn(list[place], more, value)) };
  if (value === undefined) return { L: list.toSpliced(place, 1) };
  return { L: place < list.length ? list.with(place, value) : [...list, value] };
}

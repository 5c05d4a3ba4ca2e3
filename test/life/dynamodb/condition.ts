import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ExpressionText, type Operand, type Scope } from './expression-text.ts';

/** Whether a condition holds. */
export type Condition = (scope: Scope) => boolean;

const parsed = new Map<string, Condition>();

/** Reads a condition expression. Each text is read once. */
export function parseCondition(text: string): Condition {
  const known = parsed.get(text);
  if (known) return known;
  const source = new ExpressionText(text);
  const condition = anyOf(source);
  if (source.next !== undefined) throw new Error(`more than a condition: ${text}`);
  parsed.set(text, condition);
  return condition;
}

function anyOf(source: ExpressionText): Condition {
  const all = [allOf(source)];
  while (source.takes('OR')) all.push(allOf(source));
  return (scope) => all.some((one) => one(scope));
}

function allOf(source: ExpressionText): Condition {
  const all = [single(source)];
  while (source.takes('AND')) all.push(single(source));
  return (scope) => all.every((one) => one(scope));
}

function single(source: ExpressionText): Condition {
  if (source.takes('(')) {
    const inner = anyOf(source);
    source.expect(')');
    return inner;
  }
  if (source.takes('attribute_exists')) {
    const value = argument(source);
    return (scope) => value(scope) !== undefined;
  }
  if (source.takes('attribute_not_exists')) {
    const value = argument(source);
    return (scope) => value(scope) === undefined;
  }
  if (source.takes('contains')) {
    source.expect('(');
    const set = source.operand();
    source.expect(',');
    const member = source.operand();
    source.expect(')');
    return (scope) => holds(set(scope), member(scope));
  }
  const left = source.operand();
  const compare = comparison(source.take());
  const right = source.operand();
  return (scope) => compare(left(scope), right(scope));
}

function argument(source: ExpressionText): Operand {
  source.expect('(');
  const value = source.operand();
  source.expect(')');
  return value;
}

/** Whether a set of texts has a text. */
function holds(set: AttributeValue | undefined, member: AttributeValue | undefined): boolean {
  return member?.S !== undefined && (set?.SS ?? []).includes(member.S);
}

type Comparison = (one: AttributeValue | undefined, other: AttributeValue | undefined) => boolean;

/** Values of different types are never equal, and none is less than the other. */
function comparison(sign: string): Comparison {
  switch (sign) {
    case '=':
      return isEqual;
    case '<>':
      return (one, other) => !isEqual(one, other);
    case '<':
      return (one, other) => ordered(one, other, (order) => order < 0);
    case '<=':
      return (one, other) => ordered(one, other, (order) => order <= 0);
    case '>':
      return (one, other) => ordered(one, other, (order) => order > 0);
    case '>=':
      return (one, other) => ordered(one, other, (order) => order >= 0);
    default:
      throw new Error(`an unknown comparison: ${sign}`);
  }
}

function isEqual(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (one?.N !== undefined && other?.N !== undefined) return Number(one.N) === Number(other.N);
  if (one?.S !== undefined && other?.S !== undefined) return one.S === other.S;
  return one !== undefined && one.BOOL !== undefined && one.BOOL === other?.BOOL;
}

function ordered(
  one: AttributeValue | undefined,
  other: AttributeValue | undefined,
  isRight: (order: number) => boolean,
): boolean {
  if (one?.N !== undefined && other?.N !== undefined) return isRight(Number(one.N) - Number(other.N));
  if (one?.S !== undefined && other?.S !== undefined) return isRight(Buffer.compare(bytes(one.S), bytes(other.S)));
  return false;
}

const bytes = (text: string) => Buffer.from(text);

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../../provider/adapters/dynamodb/attributes.ts';

/** What an expression is evaluated with: the stored item, and the names and values of the call. */
export type Scope = {
  readonly item: Attributes;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
};
/** The value of an operand. Undefined if the item has no such attribute. */
export type Operand = (scope: Scope) => AttributeValue | undefined;
/** The names of the attributes on the way to a value, from the item inwards. A place in a list is a text like `[0]`. */
export type Path = (scope: Scope) => readonly string[];

const TOKEN = /\s*([#:]?[A-Za-z_0-9]+|<=|>=|<>|\[\d+\]|[=<>(),.+-])/y;

/** The words of an expression, read one after the other. What it does not know is an error, never a guess. */
export class ExpressionText {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
      tokens.push(found[1] ?? '');
      if (TOKEN.lastIndex >= text.trimEnd().length) break;
    }
    if (tokens.join('') !== text.replaceAll(/\s/g, '')) throw new Error(`an unknown expression: ${text}`);
    this.#tokens = tokens;
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  take(): string {
    const token = this.next;
    if (token === undefined) throw new Error(`the expression ends too early: ${this.#tokens.join(' ')}`);
    this.#at += 1;
    return token;
  }

  /** Takes the word if it is next. Returns whether it was. */
  takes(token: string): boolean {
    if (this.next !== token) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) throw new Error(`${token} is expected in ${this.#tokens.join(' ')}`);
  }

  path(): Path {
    const segments = [this.take()];
    while (this.takes('.') || this.next?.startsWith('[')) segments.push(this.take());
    return ({ names }) => segments.map((segment) => (segment.startsWith('#') ? nameOf(segment, names) : segment));
  }

  operand(): Operand {
    if (this.takes('list_append')) return this.#ofTwo(appended);
    if (this.takes('if_not_exists')) return this.#ofTwo((value, otherwise) => value ?? otherwise);
    if (!this.next?.startsWith(':')) {
      const path = this.path();
      return (scope) => valueAt(scope.item, path(scope));
    }
    const name = this.take();
    return ({ values }) => {
      const value = values[name];
      if (!value) throw new Error(`the expression has no value ${name}`);
      return value;
    };
  }

  #ofTwo(combine: (one: Value, other: Value) => Value): Operand {
    this.expect('(');
    const one = this.operand();
    this.expect(',');
    const other = this.operand();
    this.expect(')');
    return (scope) => combine(one(scope), other(scope));
  }
}

type Value = AttributeValue | undefined;

function appended(one: Value, other: Value): Value {
  if (!one?.L || !other?.L) throw new Error('only lists are appended');
  return { L: [...one.L, ...other.L] };
}

/** Returns the value at a path. Undefined if there is none. */
export function valueAt(item: Attributes, [first = '', ...more]: readonly string[]): AttributeValue | undefined {
  return more.reduce<AttributeValue | undefined>(
    (value, segment) => (segment.startsWith('[') ? value?.L?.[placeOf(segment)] : value?.M?.[segment]),
    item[first],
  );
}

/** Returns the place that a segment like `[0]` names. */
export function placeOf(segment: string): number {
  return Number(segment.slice(1, -1));
}

function nameOf(segment: string, names: Scope['names']): string {
  const name = names[segment];
  if (name === undefined) throw new Error(`the expression has no name ${segment}`);
  return name;
}

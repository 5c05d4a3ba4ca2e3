// JSON Schemas (draft 2020-12, which OpenAPI 3.1 uses) that are held to TypeScript's types: a member that is added to
// an answer and not described here does not compile.

/** A JSON Schema. */
export type JsonSchema = { readonly [keyword: string]: unknown };

declare const described: unique symbol;
/** A schema of the values of a type, and of no other type: neither a wider nor a narrower one. */
export type Described<T> = JsonSchema & { readonly [described]?: (value: T) => T };

/** A schema for each member of a type. The names of members that may be absent end in `?`. */
export type MembersOf<T> = {
  readonly [Member in keyof T & string as MayBeAbsent<T[Member]> extends true ? `${Member}?` : Member]-?: Described<
    Exclude<T[Member], undefined>
  >;
};
type MayBeAbsent<Value> = unknown extends Value ? false : undefined extends Value ? true : false;

/** The name under which a schema stands in `components/schemas`. It is no member of the document. */
export const NAME = Symbol('name');

/** Gives a schema a name. The document has it once, and refers to it elsewhere. */
export function named<T>(name: string, schema: Described<T>): Described<T> {
  return { ...schema, [NAME]: name };
}

/** An object with these members and no others. */
export function object<T>(members: MembersOf<T>, description?: string): Described<T> {
  const entries = Object.entries<JsonSchema>(members);
  const required = entries.flatMap(([name]) => (name.endsWith('?') ? [] : [name]));
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

type More = { readonly pattern?: string; readonly maxLength?: number; readonly examples?: readonly string[] };

/** A text. */
export function text(description: string, more: More = {}): Described<string> {
  return { type: 'string', description, ...more };
}

/** A whole number. */
export function count(description: string, least = 0): Described<number> {
  return { type: 'integer', minimum: least, description };
}

/** An instant in epoch seconds. */
export function instant(description: string): Described<number> {
  return { type: 'integer', minimum: 0, description: `${description} In epoch seconds.` };
}

/** True or false. */
export function flag(description: string): Described<boolean> {
  return { type: 'boolean', description };
}

/** A member that is true or absent. */
export function mark(description: string): Described<true> {
  return { type: 'boolean', const: true, description };
}

/** One of some texts. The list has to have all of them. */
export function choice<const Choice extends string>(of: readonly Choice[], description: string): Described<Choice> {
  return { type: 'string', enum: of, description };
}

/** A list. */
export function list<T>(items: Described<T>, description: string): Described<readonly T[]> {
  return { type: 'array', items, description };
}

/** An object whose members have names that somebody else chose. */
export function byName<T>(values: Described<T>, description: string): Described<Readonly<Record<string, T>>> {
  return { type: 'object', additionalProperties: values, description };
}

/** A value that another document describes. */
export function anything(description: string): Described<unknown> {
  return { description };
}

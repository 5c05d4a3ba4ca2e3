// What `--json` prints, as data: docs/cli.md is made from it, and a test compares it with what commands really print.

/** A value without members. `anything`: another document says what it is. */
const LEAVES = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  'epoch seconds': (value: unknown) => Number.isInteger(value),
  'true or false': (value: unknown) => typeof value === 'boolean',
  anything: () => true,
} as const;
type Leaf = keyof typeof LEAVES;
/** A list, an object (members that may be absent end with `?`), a shape by its name (`a client`), or a value. */
export type Shape = Leaf | Named | readonly [Shape] | { readonly [member: string]: Shape };
/** The name of a shape that several commands print. */
export type Named = `a ${string}` | `an ${string}`;

type FittingLeaf<T> = T extends string
  ? 'text'
  : T extends number
    ? 'number' | 'epoch seconds'
    : T extends boolean
      ? 'true or false'
      : never;
/** The shapes that describe a type: each member, and whether it may be absent. */
export type ShapeOf<T> =
  | 'anything'
  | Named
  | FittingLeaf<T>
  | (T extends readonly (infer Element)[]
      ? readonly [ShapeOf<Element>]
      : T extends object
        ? {
            readonly [Member in keyof T & string as undefined extends T[Member] ? `${Member}?` : Member]-?: ShapeOf<
              Exclude<T[Member], undefined>
            >;
          }
        : never);

/** Compares a value with its shape. `seen` gets each documented member that was there. */
export class Comparison {
  readonly wrong: string[] = [];
  readonly #named: Readonly<Record<string, Shape>>;
  readonly #seen: Set<string>;

  constructor(named: Readonly<Record<string, Shape>>, seen: Set<string>) {
    this.#named = named;
    this.#seen = seen;
  }

  /** `at` is the path for people; `where` is where the shape is documented. */
  compare(value: unknown, shape: Shape, { at, where }: { readonly at: string; readonly where: string }): void {
    if (typeof shape === 'string') this.#compareLeaf(value, shape, at);
    else if (isList(shape)) {
      if (!Array.isArray(value)) this.#complain(at, 'must be a list');
      else for (const one of value) this.compare(one, shape[0], { at: `${at}[]`, where: `${where}[]` });
    } else if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.#complain(at, 'must be an object');
    else this.#compareMembers(new Map(Object.entries(value)), shape, { at, where });
  }

  #compareLeaf(value: unknown, shape: Leaf | Named, at: string): void {
    const named = this.#named[shape];
    const fits = Object.entries(LEAVES).find(([name]) => name === shape)?.[1];
    if (named !== undefined) this.compare(value, named, { at, where: shape });
    else if (!fits?.(value)) this.#complain(at, `must be ${shape}`);
  }

  #compareMembers(
    members: ReadonlyMap<string, unknown>,
    shape: Readonly<Record<string, Shape>>,
    { at, where }: { readonly at: string; readonly where: string },
  ): void {
    for (const [key, inner] of Object.entries(shape)) {
      const name = key.replace(/\?$/, '');
      if (!members.has(name)) {
        if (name === key) this.#complain(`${at}.${name}`, 'is missing');
        continue;
      }
      this.#seen.add(`${where}.${key}`);
      this.compare(members.get(name), inner, { at: `${at}.${name}`, where: `${where}.${key}` });
    }
    const known = Object.keys(shape).map((key) => key.replace(/\?$/, ''));
    for (const name of members.keys()) if (!known.includes(name)) this.#complain(`${at}.${name}`, 'is not documented');
  }

  #complain(at: string, what: string): void {
    this.wrong.push(`${at} ${what}`);
  }
}

/** Returns every member that a shape documents, as a comparison notes it. */
export function membersOf(shape: Shape, where: string): readonly string[] {
  if (typeof shape === 'string') return [];
  if (isList(shape)) return membersOf(shape[0], `${where}[]`);
  return Object.entries(shape).flatMap(([key, inner]) => [`${where}.${key}`, ...membersOf(inner, `${where}.${key}`)]);
}

/** Returns a shape on one line, as the page shows it. */
export function shapeText(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  if (isList(shape)) return `[${shapeText(shape[0])}, …]`;
  const members = Object.entries(shape).map(([key, inner]) => {
    const name = key.replace(/\?$/, '');
    return `"${name}"${name === key ? '' : '?'}: ${shapeText(inner)}`;
  });
  return `{ ${members.join(', ')} }`;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

import type { ApiValidator } from './validation.ts';

// Changes one member of a value at a time: takes it out, gives it another name or another type, and adds one. A document
// that says exactly what is sent refuses every such value.

type Json = Readonly<Record<string, unknown>>;
/** A value in which one member was changed. */
export type Changed = { readonly what: string; readonly value: unknown };
/** Tells of a place whose members the document leaves open. */
type OnOpen = (place: string) => void;

/** A place in a value: how to get there, and the places of the document that describe it. */
type Place = { readonly path: readonly (string | number)[]; readonly at: string };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes the changes of a value that the document describes at a place. */
export class MemberChanges {
  readonly #validator: ApiValidator;
  readonly #root: unknown;
  readonly #onOpen: OnOpen;

  constructor(validator: ApiValidator, root: unknown, onOpen: OnOpen) {
    this.#validator = validator;
    this.#root = root;
    this.#onOpen = onOpen;
  }

  /** Returns every change of the value, and of the values in it. */
  *of(value: unknown, place: Place): Generator<Changed> {
    const at = this.#branch(place.at, value);
    const schema = this.#validator.schemaAt(at);
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries())
        yield* this.of(one, { path: [...place.path, index], at: `${at}/items` });
      return;
    }
    if (!isObject(value)) return;
    const properties = isObject(schema['properties']) ? schema['properties'] : undefined;
    if (schema['additionalProperties'] !== false) this.#onOpen(placeName(place));
    if (!properties) return;
    const isClosed = schema['additionalProperties'] === false;
    if (isClosed) yield this.#change(place, 'with a member more', { ...value, added_member: 'x' });
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    for (const [name, member] of Object.entries(value)) {
      const { [name]: _, ...rest } = value;
      if (required.has(name)) yield this.#change(place, `without ${name}`, rest);
      if (isClosed) yield this.#change(place, `with ${name} renamed`, { ...rest, [`${name}_renamed`]: member });
      yield* this.#changesOf(name, { value, place, at });
    }
  }

  /** Gives a member another type, and changes what is in it. */
  *#changesOf(
    name: string,
    { value, place, at }: { readonly value: Json; readonly place: Place; readonly at: string },
  ): Generator<Changed> {
    const inner = { path: [...place.path, name], at: `${at}/properties/${name}` };
    if (!isDescribed(this.#validator.schemaAt(inner.at))) return this.#onOpen(placeName(inner));
    const changed = { ...value, [name]: ofAnotherType(name, value[name]) };
    yield this.#change(place, `with ${name} of another type`, changed);
    yield* this.of(value[name], inner);
  }

  /** Follows references, and chooses the alternative that describes the value. */
  #branch(at: string, value: unknown): string {
    const schema = this.#validator.schemaAt(at);
    const resolved = this.#validator.placeAt(at);
    // Alternatives of an object that has its own properties say only which of them go together.
    if (schema['properties'] !== undefined) return resolved;
    for (const keyword of ['oneOf', 'anyOf']) {
      const branches = schema[keyword];
      if (!Array.isArray(branches)) continue;
      const index = branches.findIndex(
        (_, one) => this.#validator.errorsAt(`${resolved}/${keyword}/${one}`, value).length === 0,
      );
      if (index >= 0) return this.#branch(`${resolved}/${keyword}/${index}`, value);
    }
    return resolved;
  }

  #change({ path }: Place, what: string, value: unknown): Changed {
    const where = path.length === 0 ? '' : ` at ${path.join('.')}`;
    return { what: `${what}${where}`, value: replaced(this.#root, path, value) };
  }
}

const isDescribed = (schema: Json): boolean =>
  ['type', 'const', 'enum', 'oneOf', 'anyOf', 'properties'].some((keyword) => keyword in schema);

function placeName({ path }: Place): string {
  return path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.');
}

/** Parameters that may have several types in JSON, on purpose (CIBA §7.1.1, RFC 8707 §2). */
const SEVERAL_TYPES: readonly string[] = ['requested_expiry', 'resource'];

/** A value of a type that a member does not take: for a text a number, for a number or a flag its text. */
function ofAnotherType(name: string, value: unknown): unknown {
  if (SEVERAL_TYPES.includes(name)) return [['another type']];
  if (typeof value === 'string') return 7;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : [['another type']];
}

function replaced(root: unknown, [first, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(root)) return root.map((one, index) => (index === first ? replaced(one, rest, value) : one));
  return isObject(root) ? { ...root, [first]: replaced(root[first], rest, value) } : root;
}

/** Returns what a value is made of: the same text for two values with the same members of the same types. */
export function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].toSorted().join('|')}]`;
  if (!isObject(value)) return value === null ? 'null' : typeof value;
  const members = Object.entries(value).map(([name, one]) => `${name}:${shapeOf(one)}`);
  return `{${members.toSorted().join(',')}}`;
}

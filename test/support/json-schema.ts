/** A JSON Schema, of which `docs/events.schema.json` uses the members below. */
type Schema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: 'object' | 'array' | 'string' | 'integer';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
};
const KNOWN = ['$schema', '$ref', '$defs', 'title', 'description', 'type', 'const', 'enum', 'pattern', 'required'];
const KNOWN_OF_PARTS = ['properties', 'additionalProperties', 'items', 'oneOf'];

/** Returns what is wrong with a value, in words. Throws on a keyword that it does not know. */
export function schemaErrors(schema: Schema, value: unknown, root = schema, at = ''): readonly string[] {
  const unknown = Object.keys(schema).find((keyword) => ![...KNOWN, ...KNOWN_OF_PARTS].includes(keyword));
  if (unknown !== undefined) throw new Error(`no check for ${unknown}`);
  if (schema.$ref !== undefined) return schemaErrors(defined(root, schema.$ref), value, root, at);
  return [
    ...valueErrors(schema, value, at),
    ...memberErrors(schema, value, { root, at }),
    ...oneOfErrors(schema, value, { root, at }),
  ];
}

function defined({ $defs = {} }: Schema, reference: string): Schema {
  const found = $defs[reference.replace('#/$defs/', '')];
  if (!found) throw new Error(`${reference} is not defined`);
  return found;
}

function valueErrors(schema: Schema, value: unknown, at: string): readonly string[] {
  const errors: string[] = [];
  if (schema.type !== undefined && typeOf(value) !== schema.type) errors.push(`${at} is not of type ${schema.type}`);
  if (schema.const !== undefined && value !== schema.const) errors.push(`${at} is not ${schema.const}`);
  if (schema.enum && !schema.enum.includes(value)) errors.push(`${at} is none of ${schema.enum}`);
  if (schema.pattern !== undefined && typeof value === 'string' && !new RegExp(schema.pattern, 'u').test(value))
    errors.push(`${at} does not match ${schema.pattern}`);
  return errors;
}

function memberErrors(schema: Schema, value: unknown, { root, at }: { root: Schema; at: string }): readonly string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((one, index) => schemaErrors(items, one, root, `${at}/${index}`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = new Map<string, unknown>(Object.entries(value));
  const { required = [], properties = {}, additionalProperties } = schema;
  const extra = additionalProperties === false ? [...members.keys()].filter((name) => !(name in properties)) : [];
  return [
    ...required.filter((name) => !members.has(name)).map((name) => `${at}/${name} is missing`),
    ...extra.map((name) => `${at}/${name} is not expected`),
    ...Object.entries(properties).flatMap(([name, one]) =>
      members.has(name) ? schemaErrors(one, members.get(name), root, `${at}/${name}`) : [],
    ),
  ];
}

function oneOfErrors(schema: Schema, value: unknown, { root, at }: { root: Schema; at: string }): readonly string[] {
  if (!schema.oneOf) return [];
  const each = schema.oneOf.map((one) => schemaErrors(one, value, root, at));
  const met = each.filter((errors) => errors.length === 0).length;
  if (met === 1) return [];
  return [`${at} meets ${met} of the alternatives`, ...(each.toSorted((a, b) => a.length - b.length)[0] ?? [])];
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

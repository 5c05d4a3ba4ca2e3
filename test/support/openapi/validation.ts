import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Recorded } from './traffic.ts';

// Holds calls and answers to docs/openapi.json, as a client or a gateway that knows nothing but the document would. The
// JSON Schemas are judged by Ajv, which others wrote.

type Json = Readonly<Record<string, unknown>>;
/** What one call of the document has to be, with the functions that judge its parts. */
type Judged = {
  readonly operation: Json;
  readonly at: string;
  readonly pathParameters: Readonly<Record<string, string>>;
};

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const FORM = 'application/x-www-form-urlencoded';

/** Judges calls by an OpenAPI document. */
export class ApiValidator {
  readonly #document: Json;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #templates: readonly (readonly [path: string, parts: readonly string[]])[];

  constructor(document: Json) {
    this.#document = document;
    this.#ajv.addSchema(document, 'openapi');
    this.#templates = Object.keys(objectOf(document['paths'])).map((path) => [path, path.split('/')]);
  }

  /** Returns what is wrong with a call that succeeded. */
  requestErrors(call: Recorded): readonly string[] {
    const judged = this.#find(call);
    if (!judged) return ['the document has no such operation'];
    return [
      ...this.#parameterErrors(judged, call),
      ...this.#bodyErrors(judged, call),
      ...securityErrors(judged, call, this.#document),
    ];
  }

  /** Returns what is wrong with an answer. */
  answerErrors(call: Recorded): readonly string[] {
    const judged = this.#find(call);
    if (!judged) return ['the document has no such operation'];
    const at = `${judged.at}/responses/${call.status}`;
    const answer = this.#resolve(objectOf(judged.operation['responses'])[String(call.status)], at);
    if (!answer) return [`the document has no answer ${call.status}`];
    return [...this.#headerErrors(answer, call.headers), ...this.#contentErrors(answer, call)];
  }

  /** Returns the names of the parameters that an operation has: of its form, if it has one, and of its query. */
  parametersOf(call: Recorded): {
    readonly form: ReadonlySet<string> | undefined;
    readonly query: ReadonlySet<string>;
  } {
    const { operation = {}, at = '' } = this.#find(call) ?? {};
    const parameters = Array.isArray(operation['parameters']) ? operation['parameters'].map(objectOf) : [];
    const query = parameters.flatMap(({ in: place, name }) => (place === 'query' ? [String(name)] : []));
    const isForm = FORM in objectOf(objectOf(operation['requestBody'])['content']);
    const { properties } = isForm ? this.schemaAt(`${at}/requestBody/content/${escaped(FORM)}/schema`) : {};
    return { form: isForm ? new Set(Object.keys(objectOf(properties))) : undefined, query: new Set(query) };
  }

  /** Returns a body as a value, and where the document describes it. Undefined if there is none. */
  bodyOf(call: Recorded, what: 'request' | 'answer'): { readonly value: unknown; readonly at: string } | undefined {
    const judged = this.#find(call);
    if (!judged) return undefined;
    if (what === 'request') {
      const type = typeOf(call);
      if (!(type in objectOf(objectOf(judged.operation['requestBody'])['content']))) return undefined;
      return { value: bodyValue(call.body, type), at: `${judged.at}/requestBody/content/${escaped(type)}/schema` };
    }
    const at = `${judged.at}/responses/${call.status}`;
    const answer = this.#resolve(objectOf(judged.operation['responses'])[String(call.status)], at);
    if (!answer || call.answer === undefined) return undefined;
    return { value: JSON.parse(call.answer), at: `${answer.at}/content/application~1json/schema` };
  }

  /** Returns what is wrong with a value by the schema at a place of the document. */
  errorsAt(at: string, value: unknown): readonly string[] {
    let judge = this.#compiled.get(at);
    if (!judge) {
      judge = this.#ajv.compile({ $ref: `openapi#${at.split('/').map(encodeURIComponent).join('/')}` });
      this.#compiled.set(at, judge);
    }
    if (judge(value)) return [];
    return (judge.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** Returns the schema at a place, references followed. */
  schemaAt(at: string): Json {
    return this.#valueAt(this.placeAt(at));
  }

  /** Follows references from a place of the document. */
  placeAt(at: string): string {
    const to = this.#valueAt(at)['$ref'];
    return typeof to === 'string' ? this.placeAt(to.slice(1)) : at;
  }

  #valueAt(at: string): Json {
    const parts = at.split('/').slice(1);
    return parts.reduce<Json>(
      (value, part) => objectOf(value[part.replaceAll('~1', '/').replaceAll('~0', '~')]),
      this.#document,
    );
  }

  #find({ method, target }: Recorded): Judged | undefined {
    const [path = ''] = target.split('?');
    const given = path.split('/');
    for (const [template, parts] of this.#templates) {
      const fits =
        parts.length === given.length &&
        parts.every((part, index) => part === given[index] || (part.startsWith('{') && given[index] !== ''));
      const operation = fits ? objectOf(objectOf(this.#document['paths'])[template])[method.toLowerCase()] : undefined;
      if (operation === undefined) continue;
      const named = parts.flatMap((part, index) =>
        part.startsWith('{') ? [[part.slice(1, -1), decoded(given[index] ?? '')] as const] : [],
      );
      return {
        operation: objectOf(operation),
        at: `/paths/${escaped(template)}/${method.toLowerCase()}`,
        pathParameters: Object.fromEntries(named),
      };
    }
    return undefined;
  }

  #parameterErrors({ operation, at, pathParameters }: Judged, { target }: Recorded): readonly string[] {
    const [, query = ''] = target.split('?');
    const given: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      path: pathParameters,
      query: Object.fromEntries(new URLSearchParams(query)),
    };
    const declared = Array.isArray(operation['parameters']) ? operation['parameters'].map(objectOf) : [];
    const unknown = Object.keys(given['query'] ?? {}).filter(
      (name) => !declared.some((one) => one['in'] === 'query' && one['name'] === name),
    );
    return [
      ...unknown.map((name) => `the query parameter ${name} is not in the document`),
      ...declared.flatMap(({ name, in: place, required, schema }, index) => {
        const value = given[String(place)]?.[String(name)];
        if (value === undefined) return required === true ? [`${name} is missing`] : [];
        const typed = typedValue(value, objectOf(schema)['type']);
        return this.errorsAt(`${at}/parameters/${index}/schema`, typed).map((error) => `${name}: ${error}`);
      }),
    ];
  }

  #bodyErrors({ operation, at }: Judged, call: Recorded): readonly string[] {
    if (operation['requestBody'] === undefined) return [];
    const content = objectOf(objectOf(operation['requestBody'])['content']);
    const type = typeOf(call);
    if (!(type in content)) return [`the document has no body of the type ${type}`];
    return this.errorsAt(`${at}/requestBody/content/${escaped(type)}/schema`, bodyValue(call.body, type));
  }

  #headerErrors(answer: Place, headers: Readonly<Record<string, string>>): readonly string[] {
    const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    return Object.entries(objectOf(answer.value['headers'])).flatMap(([name, header]) => {
      const declared = this.#resolve(header, `${answer.at}/headers/${escaped(name)}`);
      const value = given.get(name.toLowerCase());
      if (value === undefined) return declared?.value['required'] === true ? [`the header ${name} is missing`] : [];
      const typed = typedValue(value, objectOf(declared?.value['schema'])['type']);
      return this.errorsAt(`${declared?.at}/schema`, typed).map((error) => `the header ${name}: ${error}`);
    });
  }

  #contentErrors(answer: Place, { answer: body, headers }: Recorded): readonly string[] {
    const content = answer.value['content'];
    if (content === undefined) return body === undefined || body === '' ? [] : ['the document has no body here'];
    const type = headers['content-type'] ?? '';
    if (!(type in objectOf(content))) return [`the document has no body of the type ${type}`];
    if (body === undefined) return ['the answer has no body'];
    return this.errorsAt(`${answer.at}/content/${escaped(type)}/schema`, JSON.parse(body));
  }

  #resolve(value: unknown, at: string): Place | undefined {
    if (value === undefined) return undefined;
    const to = objectOf(value)['$ref'];
    return typeof to === 'string'
      ? { value: this.schemaAt(to.slice(1)), at: to.slice(1) }
      : { value: objectOf(value), at };
  }
}

type Place = { readonly value: Json; readonly at: string };

/** Returns the media type of the body that was sent. */
export function typeOf({ requestHeaders }: Recorded): string {
  return requestHeaders['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A call with a scheme of security has to carry the header of one, unless the document lets it go without. */
function securityErrors({ operation }: Judged, { requestHeaders }: Recorded, document: Json): readonly string[] {
  const schemes = objectOf(objectOf(document['components'])['securitySchemes']);
  const needed = (Array.isArray(operation['security']) ? operation['security'] : []).map((one) => Object.keys(one));
  const meets = (name: string) => {
    const { type, scheme, ...more } = objectOf(schemes[name]);
    // On one machine callers from this machine need no signature.
    if ('x-amazon-apigateway-authtype' in more) return true;
    if (type === 'apiKey') return String(more['name']).toLowerCase() in requestHeaders;
    return requestHeaders['authorization']?.toLowerCase().startsWith(`${String(scheme).toLowerCase()} `) ?? false;
  };
  const isMet = needed.length === 0 || needed.some((names) => names.every(meets));
  return isMet ? [] : ['no scheme of security is met'];
}

/** Turns a body into a value: JSON as it is, and a form as an object whose repeated parameters are lists. */
function bodyValue(body: string, type: string): unknown {
  const text = Buffer.from(body, 'latin1').toString('utf8');
  if (type !== FORM) return JSON.parse(text);
  const form = new Map<string, string | readonly string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    // An empty parameter counts as absent (RFC 6749 §3.1).
    if (value === '') continue;
    const before = form.get(name);
    // By the style of OpenAPI for forms, a list is a parameter that is repeated, or is there once.
    const isList = name === 'resource';
    if (before === undefined) form.set(name, isList ? [value] : value);
    else form.set(name, [...(typeof before === 'string' ? [before] : before), value]);
  }
  return Object.fromEntries(form);
}

function typedValue(value: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  return type === 'boolean' && (value === 'true' || value === 'false') ? value === 'true' : value;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

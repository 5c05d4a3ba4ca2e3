import { readFileSync } from 'node:fs';
import { type FunctionName, functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { BODIES } from './bodies.ts';
import { EXAMPLES } from './examples.ts';
import { asJson, FORMS } from './forms.ts';
import { HEADERS, headersOf } from './headers.ts';
import { OPERATIONS, type Operation, type RouteKey } from './operations.ts';
import { gatewayMessage, refusalSchema } from './refusals.ts';
import { type JsonSchema, NAME } from './schema.ts';

// Makes docs/openapi.json: OpenAPI 3.1 of every route. `npm run docs` writes it.

export const OPENAPI_FILE = 'docs/openapi.json';

const SERVERS = [
  {
    url: 'https://{host}',
    description: 'A deployment',
    variables: { host: { default: 'login.example.com', description: 'The host of the issuer.' } },
  },
  { url: 'http://localhost:3000', description: '`npm start`' },
];
const TAGS: Readonly<Record<Operation['tag'], string>> = {
  clients: 'For the backends that ask users (CIBA).',
  discovery: 'For everybody.',
  devices: 'For phones (docs/device-api.md).',
  admin: 'For operators (docs/admin-api.md).',
};
const SECURITY_SCHEMES = {
  client_secret_basic: {
    type: 'http',
    scheme: 'basic',
    description:
      'The id and the secret of the client, each form-encoded (RFC 6749 §2.3.1). Clients that are registered for `client_secret_post` or `private_key_jwt` send no header: their credential is in the form.',
  },
  // Tools know only the schemes of HTTP that are registered, so a key in the header is what they can send.
  device: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Authorization: Device <JWT>`: an assertion of the type `ciba-device+jwt` for this call alone.',
  },
  iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'AWS Signature Version 4 for the service `execute-api`. On one machine callers from this machine need none.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
};
/** Routes of phones that carry what they need in their body. */
const SIGNED_BODIES: readonly string[] = ['enrolDevice', 'answerRequest'] satisfies readonly Operation['id'][];

function securityOf({ tag, id }: Operation): readonly object[] {
  if (tag === 'clients') return [{ client_secret_basic: [] }, {}];
  if (tag === 'admin') return [{ iam: [] }];
  return tag === 'devices' && !SIGNED_BODIES.includes(id) ? [{ device: [] }] : [];
}

/** Replaces schemas that have a name by references, and gathers them. */
class Components {
  readonly schemas: Record<string, unknown> = {};
  readonly responses: Record<string, unknown> = {};

  hoist(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.hoist(one));
    if (typeof value !== 'object' || value === null) return value;
    const name: unknown = Reflect.get(value, NAME);
    const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.hoist(one)]));
    return typeof name === 'string' ? this.refTo(name, copy) : copy;
  }

  /** Adds a schema under its name, and returns the reference. */
  refTo(name: string, schema: unknown): object {
    if (JSON.stringify(this.schemas[name] ?? schema) !== JSON.stringify(schema))
      throw new Error(`two schemas are called ${name}`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** Adds an answer that many routes give, under the name of its error. */
  response(name: string, response: object): object {
    if (JSON.stringify(this.responses[name] ?? response) !== JSON.stringify(response))
      throw new Error(`two answers are called ${name}`);
    this.responses[name] = response;
    return { $ref: `#/components/responses/${name}` };
  }

  named(name: string, schema: JsonSchema): object {
    return this.refTo(name, Object(this.hoist({ ...schema, [NAME]: undefined })));
  }
}

function parametersOf(path: string, { query = {} }: Operation, components: Components): readonly object[] {
  const inPath = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
  const inQuery = Object.entries(query).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description !== undefined && { description }),
    schema: components.hoist(schema),
  }));
  return [...inPath, ...inQuery];
}

function requestOf(operation: Operation, components: Components): object {
  const content = contentOf(operation, components);
  return content ? { requestBody: { required: true, content } } : {};
}

/** Parameters of clients come as a form or, for some SDKs, as the members of a JSON object. All other bodies are JSON. */
function contentOf({ id, form, body, isAlias }: Operation, components: Components): object | undefined {
  const example = isAlias ? undefined : EXAMPLES[id]?.request;
  if (body !== undefined) return json(components.hoist(BODIES[body]), example).content;
  if (form === undefined) return undefined;
  const schema = components.named(form, FORMS[form]);
  const inJson = asJson(FORMS[form]);
  const isSame = JSON.stringify(inJson) === JSON.stringify(FORMS[form]);
  return {
    'application/x-www-form-urlencoded': { schema, ...(example && { example }) },
    'application/json': { schema: isSame ? schema : components.named(`${form}AsJson`, inJson) },
  };
}

const json = (schema: unknown, example?: object) => ({
  content: { 'application/json': { schema, ...(example && { example }) } },
});

function answersOf(operation: Operation, components: Components): readonly (readonly [string, object])[] {
  const { id, answers, isAlias } = operation;
  return answers.map(({ status, says, body, isPublic, tellsMethods }) => {
    const example = isAlias ? undefined : EXAMPLES[id]?.answer;
    return [
      String(status),
      {
        description: says,
        headers: headersOf({ status, isPublic, tellsMethods }),
        ...(body && json(components.named(body[0], body[1]), example)),
      },
    ];
  });
}

/** What the function refuses, what any of them may answer when it fails, and what API Gateway answers by itself. */
function refusalsOf(operation: Operation, components: Components): readonly (readonly [string, object])[] {
  const { refusals, tag, form, body, isHead, answers } = operation;
  const message = components.refTo('GatewayMessage', gatewayMessage);
  const fault = components.refTo('Fault', refusalSchema(['server_error']));
  const byFunction = Object.entries(refusals).map(([status, codes]) => [status, refusalSchema(codes)] as const);
  const known = new Map<string, readonly unknown[]>([...byFunction.map(([status, one]) => [status, [one]] as const)]);
  const alsoByGateway = ['429', '500', '503', ...(tag === 'admin' ? ['403'] : []), ...(form || body ? ['413'] : [])];
  known.set('500', [fault]);
  for (const status of alsoByGateway) known.set(status, [...(known.get(status) ?? []), message]);
  return [...known].toSorted().map(([status, schemas]) => {
    const codes = refusals[Number(status)] ?? [];
    const isByGateway = alsoByGateway.includes(status);
    const response = {
      description: descriptionOf(Number(status), codes),
      headers: headersOf({ status: Number(status), isByGateway, isInert: answers.length === 0 && codes.length > 0 }),
      ...(!isHead && json(schemas.length === 1 ? schemas[0] : { oneOf: schemas })),
    };
    const words = [...codes, ...(isByGateway ? ['gateway'] : []), ...(isHead ? ['head'] : [])];
    const name = [status, ...words].join('_');
    return [status, codes.length < 2 ? components.response(name, response) : response];
  });
}

function descriptionOf(status: number, codes: readonly string[] = []): string {
  if (status === 413) return 'API Gateway refuses the body: it is too large.';
  if (status === 429) return 'API Gateway refuses the call: the route gets too many.';
  if (status === 500) return 'A fault of the provider. Search its logs for the correlation id.';
  if (codes.length === 0) return 'API Gateway refuses the call.';
  return `Refused: ${codes.map((code) => `\`${code}\``).join(', ')}.`;
}

function operationOf(path: string, operation: Operation, components: Components): object {
  const { id, tag, summary, description } = operation;
  const parameters = parametersOf(path, operation, components);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...requestOf(operation, components),
    responses: Object.fromEntries([...answersOf(operation, components), ...refusalsOf(operation, components)]),
  };
}

/** The routes in the order in which the functions name them. */
export function routes(): readonly (readonly [functionName: FunctionName, routeKey: RouteKey])[] {
  return functionNames.flatMap((name) => functions[name].routes.map((route) => [name, route] as const));
}

function pathsOf(components: Components): Readonly<Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [, routeKey] of routes()) {
    const [method = '', path = ''] = routeKey.split(' ');
    const operations = paths[path] ?? {};
    operations[method.toLowerCase()] = operationOf(path, OPERATIONS[routeKey], components);
    paths[path] = operations;
  }
  return paths;
}

/** Returns the document as a value. */
function openApi(): Readonly<Record<string, unknown>> {
  const { version, license } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
    license: string;
  };
  const components = new Components();
  const paths = pathsOf(components);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Serverless CIBA',
      version,
      summary: 'An OpenID Provider for Client-Initiated Backchannel Authentication (CIBA)',
      description:
        'Every route of the provider. Objects have no other members than those that are named here. Forms may have others, which the provider ignores (RFC 6749 §3.1); this document has none, so that a validator finds a misspelt one.',
      license: { name: license, identifier: license },
    },
    servers: SERVERS,
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components.schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: Object.fromEntries(Object.entries(components.responses).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** Returns the text of docs/openapi.json. */
export function openApiFile(): string {
  return `${JSON.stringify(openApi(), undefined, 2)}\n`;
}

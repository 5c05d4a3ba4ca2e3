import { randomBytes } from 'node:crypto';
import { type FunctionName, functionNames, functions } from '../../infra/functions/deployed-functions.ts';
import type { ClientCertificate } from '../tls/client-certificate.ts';

/** An HTTP call as the local gateway received it. */
export type IncomingCall = {
  readonly method: string;
  readonly target: string;
  /** Names and values in the order they came, as in `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly host: string;
  /** The IAM identity that the gateway gives the caller; undefined for callers that it does not trust. */
  readonly iamIdentity: string | undefined;
  /** The certificate that the caller showed; undefined without one. */
  readonly clientCertificate?: ClientCertificate | undefined;
};
/** The function and the route for a call, and its event. */
export type RoutedEvent = {
  readonly functionName: FunctionName;
  /** `METHOD /path`, as in the `function.ts`. */
  readonly routeKey: string;
  readonly event: Record<string, unknown>;
};

type Match = {
  readonly functionName: FunctionName;
  readonly routeKey: string;
  readonly pathParameters: Record<string, string>;
};

/** The content types whose bodies API Gateway passes on as text. All others arrive in base64, forms included. */
const TEXT = /^(text\/.*|application\/(json|xml|javascript))$/;

/** Makes the payload v2 event of an HTTP API for a call. Returns undefined if no route matches. */
export function routeEvent(call: IncomingCall): RoutedEvent | undefined {
  const [path = '/', query = ''] = splitOnce(call.target, '?');
  const match = matchRoute(call.method, path);
  if (!match) return undefined;
  const headers = joinHeaders(call.rawHeaders);
  const isText = TEXT.test(headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  const now = Date.now();
  const event = {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      ...(call.clientCertificate && { authentication: { clientCert: call.clientCertificate } }),
      domainName: call.host,
      domainPrefix: 'local',
      http: {
        method: call.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: call.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomBytes(12).toString('base64url'),
      routeKey: match.routeKey,
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
      ...(call.iamIdentity !== undefined &&
        functions[match.functionName].authorizer === 'iam' && { authorizer: { iam: { userArn: call.iamIdentity } } }),
    },
    isBase64Encoded: call.body.length > 0 && !isText,
    ...(call.body.length > 0 && { body: call.body.toString(isText ? 'utf8' : 'base64') }),
  };
  return { functionName: match.functionName, routeKey: match.routeKey, event };
}

/** Makes names lower case, and joins repeated headers with commas. */
function joinHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return headers;
}

function matchRoute(method: string, path: string): Match | undefined {
  for (const functionName of functionNames) {
    for (const routeKey of functions[functionName].routes) {
      const [routeMethod, routePath = ''] = splitOnce(routeKey, ' ');
      const pathParameters = routeMethod === method ? matchPath(routePath, path) : undefined;
      if (pathParameters) return { functionName, routeKey, pathParameters };
    }
  }
  return undefined;
}

function matchPath(routePath: string, path: string): Record<string, string> | undefined {
  const wanted = routePath.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== value : value === '') return undefined;
    if (name !== undefined) parameters[name] = decodeSegment(value);
  }
  return parameters;
}

function decodeSegment(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

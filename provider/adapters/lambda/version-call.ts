import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { NO_ANSWER, type ProviderAnswer } from '../../core/operating/synthetic.ts';
import type { SyntheticLoginPorts } from '../../flows/operating/log-in-synthetically.ts';
import type { VersionTestPorts } from '../../flows/operating/test-deployment.ts';
import { type Connected, NEVER_AGAIN, type SignedAnswer, signedCalls } from '../signed-calls.ts';

/** A function that a login calls: its name in the account, and its routes, such as `GET /device/requests/{request_id}`. */
type LoginFunction = { readonly functionName: string; readonly routes: readonly string[] };
type CalledFunctions = {
  readonly functions: readonly LoginFunction[];
  /** The address of Lambda, undefined in AWS. */
  readonly endpoint: string | undefined;
  /** How long a function may take, which may have to start. */
  readonly milliseconds: number;
};
type Call = Parameters<SyntheticLoginPorts['call']>[1];

/** The version that users reach. */
const LIVE = 'live';
/** What the functions see in the place of a user agent. */
const USER_AGENT = 'before-traffic';
const httpAnswer = v.object({ statusCode: v.number(), body: v.optional(v.string()) });
/** The members of a JSON object. */
const members = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/**
 * Makes calls that reach functions without API Gateway: a function that is tested at its new version, each other one at
 * its alias. The events are those of API Gateway for calls without an authorizer, so no call has the identity of an
 * operator. Only functions of a login can be called. A call is not repeated: its first try may have taken effect.
 */
export function createVersionCalls(
  client: Connected,
  { functions, endpoint, milliseconds }: CalledFunctions,
): Pick<VersionTestPorts, 'callVersion' | 'callLive'> {
  const send = signedCalls(client, { service: 'lambda', endpoint, milliseconds, pauses: NEVER_AGAIN });
  const callWith =
    (versionOf: (functionName: string) => string): SyntheticLoginPorts['call'] =>
    async (url, call) => {
      const found = routeFor(functions, call.method, new URL(url).pathname);
      if (!found) throw new Error(`no function of a login has the route ${call.method} ${new URL(url).pathname}`);
      const sent = send({
        method: 'POST',
        path: `/2015-03-31/functions/${found.functionName}/invocations`,
        query: { Qualifier: versionOf(found.functionName) },
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(eventOf(new URL(url), call, found)),
      });
      return sent.then(readAnswer, (error: Error) => noAnswer(error.name));
    };
  return {
    callVersion: ({ functionName, to }) => callWith((name) => (name === functionName ? String(to) : LIVE)),
    callLive: callWith(() => LIVE),
  };
}

/** A function that failed gave no answer: it could not be loaded, took too long, or may not be invoked. */
function readAnswer({ statusCode, headers, body }: SignedAnswer): ProviderAnswer {
  const failure = headers['x-amz-function-error'] ?? headers['x-amzn-errortype'];
  if (statusCode !== 200 || failure !== undefined) return noAnswer(failure ?? `status ${statusCode}`);
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), httpAnswer), body);
  if (!answer.success) return noAnswer('no HTTP answer');
  const parsed = v.safeParse(members, answer.output.body ?? '');
  return { status: answer.output.statusCode, body: parsed.success ? parsed.output : {} };
}

function noAnswer(why: string): ProviderAnswer {
  return { status: NO_ANSWER, body: { error: `the function failed (${why})` } };
}

type Route = {
  readonly functionName: string;
  readonly routeKey: string;
  readonly pathParameters: Record<string, string>;
};

function routeFor(functions: readonly LoginFunction[], method: string, path: string): Route | undefined {
  const routes = functions.flatMap(({ functionName, routes: keys }) =>
    keys.map((routeKey) => ({ functionName, routeKey })),
  );
  for (const { functionName, routeKey } of routes) {
    const [routeMethod, routePath = ''] = routeKey.split(' ');
    const pathParameters = routeMethod === method ? parametersIn(routePath, path) : undefined;
    if (pathParameters) return { functionName, routeKey, pathParameters };
  }
  return undefined;
}

/** Returns the parameters of a path. Undefined if the path is not of this route. */
function parametersIn(routePath: string, path: string): Record<string, string> | undefined {
  const given = path.split('/');
  const wanted = routePath.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined && segment !== value) return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}

/**
 * Makes the event of API Gateway's HTTP API (payload 2.0), with the members that each such event has. Forms are in base64
 * there. The address of the caller is one that no caller of an API has.
 */
function eventOf({ host, pathname }: URL, call: Call, { routeKey, pathParameters }: Route) {
  const { method, authorization, form, json } = call;
  const requestId = `before-traffic-${randomBytes(9).toString('base64url')}`;
  const headers = {
    host,
    'user-agent': USER_AGENT,
    ...(authorization !== undefined && { authorization }),
    ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
  };
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: pathname,
    rawQueryString: '',
    headers,
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: USER_AGENT,
      domainName: host,
      domainPrefix: host.split('.', 1)[0] ?? host,
      http: { method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: USER_AGENT },
      requestId,
      routeKey,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    isBase64Encoded: form !== undefined,
    ...(form && { body: Buffer.from(new URLSearchParams(form).toString()).toString('base64') }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  };
}

import type * as v from 'valibot';
import { checkOperator } from '../../core/operating/operators.ts';
import { checkUnreserved } from '../../core/operating/reserved.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Answer } from './answer.ts';
import type { Route } from './endpoint.ts';
import { type BodyKind, parseJson } from './json-body.ts';
import { type HttpRequest, pathParameter } from './request.ts';

/** An operator's call: `by` is the ARN of the calling IAM identity, `id` returns a path parameter. */
export type AdminCall = {
  readonly request: HttpRequest;
  readonly by: string;
  readonly id: (name: string) => string;
};

/** How many clients or users a page has, unless the call asks for another number of users. */
export const PAGE_SIZE = 50;
/** Longest id of this provider in characters: a subject. A longer id finds nothing. */
export const ID_LIMIT = 128;

/** Makes a route that refuses every event without an IAM identity before it reads anything else. */
export function adminRoute(act: (call: AdminCall) => Promise<Result<Answer>>): Route {
  return async (request) => {
    const call = adminCallFrom(request);
    return call.ok ? act(call.value) : call;
  };
}

/**
 * Lets only the listed operators through to the routes. It is asked before anything of the call is read, for calls
 * without an identity too.
 */
export function onlyOperators<Routes extends Readonly<Record<string, Route>>>(
  listed: readonly string[],
  routes: Routes,
): Readonly<Record<keyof Routes, Route>> {
  const guarded = Object.entries(routes).map(([key, route]): [string, Route] => [
    key,
    async (request) => {
      const operator = checkOperator(request.iamIdentity ?? '', listed);
      return operator.ok ? route(request) : operator;
    },
  ]);
  return Object.fromEntries(guarded) as Record<keyof Routes, Route>;
}

/** Makes the same kind of route with a JSON body, which is read after the identity. */
export function adminBodyRoute<Schema extends v.GenericSchema>(
  { body: schema, kind }: { body: Schema; kind?: BodyKind },
  act: (call: AdminCall & { readonly body: v.InferOutput<Schema> }) => Promise<Result<Answer>>,
): Route {
  return adminRoute(async (call) => {
    const body = parseJson(call.request, schema, kind);
    return body.ok ? act({ ...call, body: body.value }) : body;
  });
}

/**
 * Reads who is calling. The route's IAM authorizer is the first check. This second check holds however the gateway is
 * configured. A call that changes anything under an id of the synthetic login is refused on every route, whether or not
 * there is a synthetic login.
 */
function adminCallFrom(request: HttpRequest): Result<AdminCall> {
  const { iamIdentity: by } = request;
  if (by === undefined) return refuse({ reason: 'no_iam_identity' });
  if (Object.values(request.pathParameters).some((id) => (id?.length ?? 0) > ID_LIMIT))
    return refuse({ reason: 'not_found', what: 'resource' });
  const isReading = request.method === 'GET';
  for (const id of Object.values(request.pathParameters)) {
    const unreserved = checkUnreserved(id);
    if (!isReading && !unreserved.ok) return unreserved;
  }
  return ok({ request, by, id: (name) => pathParameter(request, name) });
}

/** Reads `?after=CLIENT_ID`. */
export function pageFrom(request: HttpRequest): Result<{ after: string | undefined; limit: number }> {
  const after = request.query.get('after') || undefined;
  return (after?.length ?? 0) > ID_LIMIT
    ? refuse({ reason: 'invalid_parameter', name: 'after', expected: 'a client_id' })
    : ok({ after, limit: PAGE_SIZE });
}

/**
 * The answer to a search by the query. Queries are in the logs of proxies and in histories, so what names a person is
 * searched for by the body of `POST /admin/users/search`.
 */
export const SEARCH_BY_BODY = refuse({
  reason: 'invalid_parameter',
  name: 'login_hint',
  expected: 'in the body of POST /admin/users/search',
});

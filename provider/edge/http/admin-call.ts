import type * as v from 'valibot';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Answer } from './answer.ts';
import type { Route } from './endpoint.ts';
import { type BodyKind, parseJson } from './json-body.ts';
import { type HttpRequest, pathParameter } from './request.ts';

/** An operator's call: who calls (the IAM identity's ARN), and the path parameters. */
export type AdminCall = {
  readonly request: HttpRequest;
  readonly by: string;
  readonly id: (name: string) => string;
};

const PAGE_SIZE = 50;
/** Longer than any id of this provider: nothing can be there. */
const ID_LIMIT = 128;

/** A route that refuses every event without an IAM identity before it looks at anything else. */
export function adminRoute(act: (call: AdminCall) => Promise<Result<Answer>>): Route {
  return async (request) => {
    const call = adminCallFrom(request);
    return call.ok ? act(call.value) : call;
  };
}

/** The same with a JSON body, which is read after the identity. */
export function adminBodyRoute<Schema extends v.GenericSchema>(
  { body: schema, kind }: { body: Schema; kind?: BodyKind },
  act: (call: AdminCall & { readonly body: v.InferOutput<Schema> }) => Promise<Result<Answer>>,
): Route {
  return adminRoute(async (call) => {
    const body = parseJson(call.request, schema, kind);
    return body.ok ? act({ ...call, body: body.value }) : body;
  });
}

/** Who is calling. The route's IAM authorizer is the first lock; this refusal holds whatever the gateway was told. */
function adminCallFrom(request: HttpRequest): Result<AdminCall> {
  const { iamIdentity: by } = request;
  if (by === undefined) return refuse({ reason: 'no_iam_identity' });
  if (Object.values(request.pathParameters).some((id) => (id?.length ?? 0) > ID_LIMIT))
    return refuse({ reason: 'not_found', what: 'resource' });
  return ok({ request, by, id: (name) => pathParameter(request, name) });
}

/** `?after=CLIENT_ID` */
export function pageFrom(request: HttpRequest): Result<{ after: string | undefined; limit: number }> {
  const after = request.query.get('after') || undefined;
  return (after?.length ?? 0) > ID_LIMIT
    ? refuse({ reason: 'invalid_parameter', name: 'after', expected: 'a client_id' })
    : ok({ after, limit: PAGE_SIZE });
}

/** `?login_hint=…` */
export function userQueryFrom(request: HttpRequest): Result<{ loginHint: string }> {
  const loginHint = request.query.get('login_hint');
  return loginHint ? ok({ loginHint }) : refuse({ reason: 'missing_parameter', name: 'login_hint' });
}

import type * as v from 'valibot';
import { ok, type Result, refuse } from '../../core/result.ts';
import { requireIamIdentity } from './admin-bodies.ts';
import type { Answer } from './answer.ts';
import { pathParameter } from './device-call.ts';
import type { Route } from './endpoint.ts';
import { type BodyKind, parseJson } from './json-body.ts';
import type { HttpRequest } from './request.ts';

/** An operator's call: who calls (the IAM identity's ARN), the parsed body, the path parameters. */
export type AdminCall<Body> = {
  readonly request: HttpRequest;
  readonly by: string;
  readonly body: Body;
  readonly id: (name: string) => string;
};

const PAGE_SIZE = 50;
/** Longer than any id of this provider: nothing can be there. */
const ID_LIMIT = 128;

/** A route that refuses every event without an IAM identity before it looks at anything else. */
export function adminRoute(
  spec: { body?: undefined },
  act: (call: AdminCall<undefined>) => Promise<Result<Answer>>,
): Route;
export function adminRoute<Schema extends v.GenericSchema>(
  spec: { body: Schema; kind?: BodyKind },
  act: (call: AdminCall<v.InferOutput<Schema>>) => Promise<Result<Answer>>,
): Route;
export function adminRoute(
  spec: { body?: v.GenericSchema | undefined; kind?: BodyKind },
  act: (call: AdminCall<never>) => Promise<Result<Answer>>,
): Route {
  return async (request) => {
    const identity = requireIamIdentity(request);
    if (!identity.ok) return identity;
    if (Object.values(request.pathParameters).some((id) => (id?.length ?? 0) > ID_LIMIT)) {
      return refuse({ reason: 'not_found', what: 'resource' });
    }
    const body = spec.body ? parseJson(request, spec.body, spec.kind) : { ok: true as const, value: undefined };
    if (!body.ok) return body;
    return act({ request, by: identity.value, body: body.value as never, id: (name) => pathParameter(request, name) });
  };
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

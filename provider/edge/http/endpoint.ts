import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { FaultPlace, Noted, RequestLine } from '../../core/operating/log-line.ts';
import type { Result } from '../../core/result.ts';
import type { Answer } from './answer.ts';
import { callerAddressOf } from './caller-address.ts';
import { answerRefusal } from './refusal-answer.ts';
import { type HttpEvent, type HttpRequest, iamIdentityOf, requestFrom } from './request.ts';

/** No cache may keep the answer. `Pragma` is for caches of HTTP/1.0 (RFC 6749 §5.1). */
const UNSTORED = { 'cache-control': 'no-store', pragma: 'no-cache' };
/** A browser must not guess a media type, and must come back over TLS only, for a year (RFC 6797 §6.1). */
const GUARDED = { 'x-content-type-options': 'nosniff', 'strict-transport-security': 'max-age=31536000' };

/** Handles one request. */
export type Route = (request: HttpRequest) => Promise<Result<Answer>>;
/** Logs the one line of each request, and faults. */
export type EndpointLog = {
  request(line: RequestLine): void;
  fault(error: unknown, at: FaultPlace): void;
  /** The name under which nobody but CloudFront can call. Undefined without the shield. */
  readonly shieldedName?: string | undefined;
};

/**
 * Makes a Lambda handler for the routes of one function. The keys are those of API Gateway (`POST /token`). Refusals
 * become OAuth error JSON. A fault becomes 500 `server_error` with a fixed text and a correlation id. Every request
 * leaves one line in the log. For functions that are called over HTTP, faults are caught only here, by middy. Code
 * below catches only expected errors and turns them into results: a parser catches malformed input, an adapter errors
 * that AWS is expected to return.
 */
export function endpoint(log: EndpointLog, routes: Readonly<Record<string, Route>>) {
  const notes = new WeakMap<HttpEvent, Noted>();
  return middy<HttpEvent, APIGatewayProxyStructuredResultV2>()
    .onError((run) => {
      const { authorizer, requestId: correlationId } = run.event.requestContext;
      const noted = notes.get(run.event);
      log.fault(run.error, { route: run.event.routeKey, by: iamIdentityOf(authorizer), correlationId, noted });
      run.response = fault(correlationId);
    })
    .handler((event) => {
      const noted: Noted = {};
      notes.set(event, noted);
      return serve(event, noted, { log, routes });
    });
}

async function serve(
  event: HttpEvent,
  noted: Noted,
  { log, routes }: { readonly log: EndpointLog; readonly routes: Readonly<Record<string, Route>> },
): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  const request = requestFrom(event, (fields) => Object.assign(noted, fields));
  const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined;
  if (!route) throw new Error('the function is deployed with a route that it does not handle');
  const result = await route(request);
  const answer = result.ok
    ? result.value
    : answerRefusal(result.refusal, request.headers['authorization'] !== undefined);
  const correlationId = event.requestContext.requestId;
  log.request({
    route: event.routeKey,
    status: answer.status,
    by: request.iamIdentity,
    ip: callerAddressOf(event, log.shieldedName),
    ...noted,
    ...answer.refused,
    duration_ms: Math.round(performance.now() - startedAt),
    correlation_id: correlationId,
  });
  return render(answer, correlationId);
}

function render(answer: Answer, correlationId: string): APIGatewayProxyStructuredResultV2 {
  const { isPublic, headers: own } = answer;
  const headers = { ...(!isPublic && UNSTORED), ...own, ...GUARDED, 'x-correlation-id': correlationId };
  if (answer.body === undefined) return { statusCode: answer.status, headers };
  return {
    statusCode: answer.status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(answer.body),
  };
}

function fault(correlationId: string): APIGatewayProxyStructuredResultV2 {
  const body = {
    error: 'server_error',
    error_description: `Something went wrong here. Correlation id: ${correlationId.replaceAll(/[^A-Za-z0-9=_-]/g, '')}`,
  };
  return render({ status: 500, body }, correlationId);
}

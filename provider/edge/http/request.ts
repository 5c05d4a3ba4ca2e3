import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Note } from '../../flows/ports.ts';

/** One HTTP call as a handler sees it, read from the API Gateway v2 event. */
export type HttpRequest = {
  readonly method: string;
  /** The path as the caller sent it, without query. */
  readonly path: string;
  /** The URL as the caller sent it, without query. */
  readonly url: string;
  /** The client certificate that API Gateway verified, in PEM. Undefined if none was asked for. */
  readonly certificate: string | undefined;
  /** Header names are in lower case. The values of repeated headers are joined with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded from base64 if API Gateway encoded it, as it does with forms. */
  readonly body: Uint8Array;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** The ARN of the IAM identity that API Gateway verified. Undefined on every other event. */
  readonly iamIdentity: string | undefined;
  /** API Gateway's id of the call. The caller receives it too, as `x-correlation-id`. */
  readonly correlationId: string;
  readonly note: Note;
};

/** The part of an event that is read. The type of the authorizer is not trusted. */
export type HttpEvent = Pick<
  APIGatewayProxyEventV2,
  'routeKey' | 'rawPath' | 'rawQueryString' | 'headers' | 'isBase64Encoded'
> & {
  readonly body?: string | undefined;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly requestContext: {
    readonly requestId: string;
    readonly domainName?: string | undefined;
    readonly http: { readonly method: string };
    readonly authentication?: { readonly clientCert?: { readonly clientCertPem?: string } } | null;
    readonly authorizer?: unknown;
  };
};

/** Reads an event. */
export function requestFrom(event: HttpEvent, note: Note): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    url: `https://${event.requestContext.domainName ?? ''}${event.rawPath}`,
    certificate: event.requestContext.authentication?.clientCert?.clientCertPem,
    headers: event.headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    pathParameters: event.pathParameters ?? {},
    query: new URLSearchParams(event.rawQueryString),
    iamIdentity: iamIdentityOf(event.requestContext.authorizer),
    correlationId: event.requestContext.requestId,
    note,
  };
}

/** Returns the ARN of the IAM identity that API Gateway verified. Undefined for every other authorizer. */
export function iamIdentityOf(authorizer: unknown): string | undefined {
  const userArn = memberOf(memberOf(authorizer, 'iam'), 'userArn');
  return typeof userArn === 'string' && userArn.startsWith('arn:') ? userArn : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Returns the media type of the body, without parameters, in lower case. */
export function mediaTypeOf(request: HttpRequest): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/** Returns a path parameter that the route guarantees. Throws if the route has no such parameter. */
export function pathParameter(request: HttpRequest, name: string): string {
  const value = request.pathParameters[name];
  if (value === undefined) throw new Error(`the route has no path parameter ${name}`);
  return value;
}

import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../provider/core/refusal.ts';
import { ok, refuse } from '../../../provider/core/result.ts';
import { answerDone, answerOk, answerPublic } from '../../../provider/edge/http/answer.ts';
import { deviceChangeBody } from '../../../provider/edge/http/device-bodies.ts';
import { endpoint, type Route } from '../../../provider/edge/http/endpoint.ts';
import { parseJson } from '../../../provider/edge/http/json-body.ts';
import type { HttpEvent } from '../../../provider/edge/http/request.ts';
import { httpEvent } from './given.ts';

type Line = { readonly kind: 'request' | 'fault'; readonly fields: Record<string, unknown>; readonly error?: unknown };

async function call(route: Route, different: Partial<HttpEvent> = {}) {
  const lines: Line[] = [];
  const log = {
    request: (fields: object) => void lines.push({ kind: 'request', fields: { ...fields } }),
    fault: (error: unknown, at: object) => void lines.push({ kind: 'fault', fields: { ...at }, error }),
  };
  const handler = endpoint(log, { 'POST /token': route });
  const answer: APIGatewayProxyStructuredResultV2 = await handler(httpEvent(different), {} as Context);
  const body: unknown = answer.body === undefined ? undefined : JSON.parse(answer.body);
  return { answer, body, lines };
}
const refusing =
  (refusal: Refusal): Route =>
  async () =>
    refuse(refusal);

describe('endpoint: answers', () => {
  it('sends JSON that nobody may store, with the correlation id (CIBA §7.3)', async () => {
    const { answer, body } = await call(async () => ok(answerOk({ a: 'ü' })));
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-correlation-id': 'correlation-1' },
    });
    expect(body).toEqual({ a: 'ü' });
  });

  it('tells caches of HTTP/1.0 too that nothing may be kept (RFC 6749 §5.1)', async () => {
    const { answer } = await call(async () => ok(answerOk({})));
    expect(answer.headers?.['pragma']).toBe('no-cache');
    expect((await call(async () => ok(answerPublic({}, 300)))).answer.headers).not.toHaveProperty('pragma');
  });

  it.each<[string, Route]>([
    ['an answer', async () => ok(answerOk({}))],
    ['a public document', async () => ok(answerPublic({}, 300))],
    ['a refusal', refusing({ reason: 'unknown_client' })],
    [
      'a fault',
      async () => {
        throw new Error('out');
      },
    ],
  ])('lets no browser guess the media type of %s, or ask without TLS (RFC 6797)', async (_, route) => {
    const { answer } = await call(route);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
    });
  });

  it('sends no body and no media type with 204', async () => {
    const { answer } = await call(async () => ok(answerDone()));
    expect(answer.statusCode).toBe(204);
    expect(answer).not.toHaveProperty('body');
    expect(answer.headers).not.toHaveProperty('content-type');
  });

  it('lets public documents be kept', async () => {
    const { answer } = await call(async () => ok(answerPublic({}, 300)));
    expect(answer.headers?.['cache-control']).toBe('public, max-age=300');
  });
});

describe('endpoint: refusals', () => {
  it('become OAuth error JSON that nobody may store', async () => {
    const { answer, body } = await call(refusing({ reason: 'unknown_client' }));
    expect(answer).toMatchObject({ statusCode: 401, headers: { 'cache-control': 'no-store' } });
    expect(body).toEqual({ error: 'invalid_client', error_description: 'Client authentication failed.' });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
  });

  it('challenge a client that used the Authorization header (RFC 6749 §5.2)', async () => {
    const { answer } = await call(refusing({ reason: 'unknown_client' }), { headers: { authorization: 'Basic x' } });
    expect(answer.headers?.['www-authenticate']).toMatch(/^Basic /);
  });

  it('are logged with reason and evidence, in one line', async () => {
    const { lines } = await call(refusing({ reason: 'unknown_user', because: 'blocked' }));
    expect(lines).toEqual([
      {
        kind: 'request',
        fields: {
          route: 'POST /token',
          status: 400,
          reason: 'unknown_user',
          error: 'unknown_user_id',
          detail: 'blocked',
          duration_ms: expect.any(Number),
          correlation_id: 'correlation-1',
        },
      },
    ]);
  });
});

describe('endpoint: the log says who called', () => {
  const by = 'arn:aws:sts::123456789012:assumed-role/operator/ana';
  const withIdentity = (authorizer: unknown) => ({
    requestContext: { requestId: 'correlation-1', http: { method: 'POST' }, authorizer },
  });

  it.each<[string, Route]>([
    ['a call that is answered', async () => ok(answerDone())],
    ['a call that is refused', refusing({ reason: 'not_found', what: 'user' })],
    [
      'a fault',
      async () => {
        throw new Error('outage');
      },
    ],
  ])('%s has the ARN of the IAM identity', async (_name, route) => {
    const { lines } = await call(route, withIdentity({ iam: { userArn: by } }));
    expect(lines.map(({ fields }) => fields['by'])).toEqual([by]);
  });

  it.each([
    ['no identity', undefined],
    ['the claims of a token', { jwt: { claims: { userArn: by } } }],
    ['an identity that is no ARN', { iam: { userArn: 'operator' } }],
  ])('a call with %s has none', async (_name, authorizer) => {
    const { lines } = await call(async () => ok(answerDone()), withIdentity(authorizer));
    expect(lines.map(({ fields }) => fields['by'])).toEqual([undefined]);
  });
});

describe('endpoint: the log holds nothing that a caller chose', () => {
  it('not the name of a repeated parameter', async () => {
    const { lines } = await call(refusing({ reason: 'repeated_parameter', name: 's3cret-parameter' }));
    expect(JSON.stringify(lines)).not.toContain('s3cret');
    expect(lines[0]?.fields['reason']).toBe('repeated_parameter');
  });

  it('not the name of a JSON member that nobody knows', async () => {
    const route: Route = async (request) => {
      const body = parseJson(request, deviceChangeBody);
      return body.ok ? ok(answerDone()) : body;
    };
    const headers = { 'content-type': 'application/json' };
    const { answer, lines } = await call(route, { headers, body: '{"s3cret-push-token":"x"}' });
    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('not the query, the body or the headers', async () => {
    const { lines } = await call(async () => ok(answerDone()), {
      rawPath: '/token/s3cret',
      rawQueryString: 'a=s3cret',
      body: 's3cret',
      headers: { authorization: 's3cret' },
    });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('but what the flow noted', async () => {
    const { lines } = await call(async (request) => {
      request.note({ client_id: 'bank' });
      request.note({ txn: '0123456789abcdef' });
      return ok(answerDone());
    });
    expect(lines[0]?.fields['duration_ms']).toBeLessThan(60_000);
    expect(lines[0]?.fields).toMatchObject({ status: 204, client_id: 'bank', txn: '0123456789abcdef' });
  });
});

describe('endpoint: faults', () => {
  it('become 500 server_error with a fixed text and the correlation id, never the message', async () => {
    const fault = new Error('s3cret table is on fire');
    const { answer, body, lines } = await call(async () => {
      throw fault;
    });
    expect(answer).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-correlation-id': 'correlation-1' },
    });
    expect(body).toEqual({
      error: 'server_error',
      error_description: 'Something went wrong here. Correlation id: correlation-1',
    });
    expect(lines).toEqual([
      { kind: 'fault', fields: { noted: {}, route: 'POST /token', correlationId: 'correlation-1' }, error: fault },
    ]);
  });

  it('come with what the call had noted by then, so that the line of the fault leads to its login', async () => {
    const { lines } = await call(async (request) => {
      request.note({ client_id: 'bank', txn: '0123456789abcdef' });
      throw new Error('x');
    });
    expect(lines[0]?.fields['noted']).toEqual({ client_id: 'bank', txn: '0123456789abcdef' });
  });

  it('keep the description printable whatever the correlation id is', async () => {
    const { body } = await call(
      async () => {
        throw new Error('x');
      },
      { requestContext: { requestId: 'a"b\\c<d>é=_-', http: { method: 'POST' } } },
    );
    expect((body as { error_description: string }).error_description).toBe(
      'Something went wrong here. Correlation id: abcd=_-',
    );
  });

  it.each(['GET /token', 'constructor', '$default'])(
    'are routes that the function does not know: %s',
    async (routeKey) => {
      const { answer, lines } = await call(async () => ok(answerDone()), { routeKey });
      expect(answer.statusCode).toBe(500);
      expect(lines[0]?.kind).toBe('fault');
    },
  );
});

describe('the line of a call through CloudFront', () => {
  it('has the address of the caller, and that of a call past it has none', async () => {
    const lines: object[] = [];
    const log = {
      request: (line: object) => void lines.push(line),
      fault: () => undefined,
      shieldedName: 'login.example.com',
    };
    const handler = endpoint(log, { 'POST /token': async () => ok(answerOk({})) });
    const { requestContext } = httpEvent({});
    const headers = { 'cloudfront-viewer-address': '203.0.113.7:1' };
    const through = {
      ...requestContext,
      domainName: 'login.example.com',
      authentication: { clientCert: { clientCertPem: 'PEM' } },
    };
    await handler(httpEvent({ headers, requestContext: through }), {} as Context);
    await handler(httpEvent({ headers }), {} as Context);
    expect(lines).toMatchObject([{ ip: '203.0.113.7' }, { ip: undefined }]);
  });
});

import { describe, expect, it } from 'vitest';
import { ok } from '../../../provider/core/result.ts';
import { userBody } from '../../../provider/edge/http/admin-bodies.ts';
import { adminBodyRoute, adminRoute, pageFrom } from '../../../provider/edge/http/admin-call.ts';
import { answerDone, answerOk } from '../../../provider/edge/http/answer.ts';
import { type HttpEvent, requestFrom } from '../../../provider/edge/http/request.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { httpEvent } from './given.ts';

const ARN = 'arn:aws:iam::123456789012:role/operator';
const authorizer = { iam: { userArn: ARN } };
const request = (different: Partial<HttpEvent>, identity: unknown = authorizer) =>
  requestFrom(
    httpEvent({
      ...different,
      requestContext: { requestId: 'r', http: { method: 'POST' }, authorizer: identity },
    }),
    () => undefined,
  );

describe('admin route', () => {
  it('refuses a call without an IAM identity before it reads anything else', async () => {
    let acted = false;
    const route = adminBodyRoute({ body: userBody }, async () => {
      acted = true;
      return ok(answerDone());
    });
    for (const body of ['{}', 'not JSON', 'x'.repeat(70_000)]) {
      expect(refusalOf(await route(request({ body }, null)))).toEqual({ reason: 'no_iam_identity' });
    }
    expect(acted).toBe(false);
  });

  it('gives the action the identity, the parsed body and the path parameters', async () => {
    const route = adminBodyRoute({ body: userBody }, async ({ by, body, id }) => {
      expect(by).toBe(ARN);
      expect(body).toEqual({ name: 'Ann' });
      expect(id('sub')).toBe('user-1');
      expect(() => id('other')).toThrow('other');
      return ok(answerDone());
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await route(request({ body: '{"name":"Ann"}', headers, pathParameters: { sub: 'user-1' } }));
    expect(answer).toEqual({ ok: true, value: { status: 204 } });
  });

  it('refuses a body that does not fit, and acts not', async () => {
    const route = adminBodyRoute({ body: userBody }, async () => {
      throw new Error('acted');
    });
    const headers = { 'content-type': 'application/json' };
    expect(refusalOf(await route(request({ body: '{"name":1}', headers })))).toMatchObject({
      reason: 'invalid_parameter',
      name: 'name',
    });
  });

  it('finds nothing under an id longer than any of ours, before it reads the body', async () => {
    const route = adminBodyRoute({ body: userBody }, async () => ok(answerDone()));
    const under = (length: number) => route(request({ pathParameters: { sub: 'x'.repeat(length) } }));
    expect(refusalOf(await under(129))).toEqual({ reason: 'not_found', what: 'resource' });
    expect(refusalOf(await under(128))?.reason).toBe('unsupported_media_type');
    const bodiless = adminRoute(async () => {
      throw new Error('acted');
    });
    const refused = await bodiless(request({ pathParameters: { client_id: 'x'.repeat(3000) } }));
    expect(refusalOf(refused)).toEqual({ reason: 'not_found', what: 'resource' });
  });

  it('needs no body where the route has none', async () => {
    const route = adminRoute(async (call) => {
      expect(Object.keys(call).sort()).toEqual(['by', 'id', 'request']);
      return ok(answerDone());
    });
    expect((await route(request({}))).ok).toBe(true);
  });

  it('knows who calls', async () => {
    const route = adminRoute(async ({ by }) => ok(answerOk(by)));
    expect(valueFrom(await route(request({}))).body).toBe(ARN);
    expect(refusalOf(await route(request({}, null)))).toEqual({ reason: 'no_iam_identity' });
  });
});

describe('query of the admin API', () => {
  it('pages after a client id', () => {
    expect(valueFrom(pageFrom(request({ rawQueryString: 'after=bank' })))).toEqual({ after: 'bank', limit: 50 });
    expect(valueFrom(pageFrom(request({ rawQueryString: 'after=' })))).toEqual({ after: undefined, limit: 50 });
    expect(pageFrom(request({ rawQueryString: `after=${'x'.repeat(128)}` })).ok).toBe(true);
    expect(refusalOf(pageFrom(request({ rawQueryString: `after=${'x'.repeat(129)}` })))).toEqual({
      reason: 'invalid_parameter',
      name: 'after',
      expected: 'a client_id',
    });
  });
});

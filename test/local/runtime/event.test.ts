import { describe, expect, it } from 'vitest';
import { routeEvent } from '../../../local/runtime/event.ts';

const call = (over: Partial<Parameters<typeof routeEvent>[0]> = {}) =>
  routeEvent({
    method: 'POST',
    target: '/token',
    rawHeaders: [],
    body: Buffer.from('a=b'),
    sourceIp: '127.0.0.1',
    host: 'localhost',
    iamIdentity: undefined,
    ...over,
  });

describe('events are those of API Gateway, payload v2', () => {
  it.each([
    ['application/x-www-form-urlencoded', true],
    [undefined, true],
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['application/octet-stream', true],
  ])('a body of type %s arrives in base64: %s', (type, isBase64Encoded) => {
    const event = call({ rawHeaders: type === undefined ? [] : ['Content-Type', type] })?.event;
    expect(event).toMatchObject({
      isBase64Encoded,
      body: isBase64Encoded ? Buffer.from('a=b').toString('base64') : 'a=b',
    });
  });

  it('header names are in lower case, repeated ones joined with commas', () => {
    expect(call({ rawHeaders: ['X-A', '1', 'x-a', '2', 'Authorization', 'Basic x'] })?.event['headers']).toEqual({
      'x-a': '1,2',
      authorization: 'Basic x',
    });
  });

  it('path parameters are decoded, the raw path is not; the query stays raw', () => {
    const routed = call({ method: 'GET', target: '/admin/users/auth0%7Cx?a=1&a=2' });
    expect(routed?.event).toMatchObject({
      routeKey: 'GET /admin/users/{sub}',
      rawPath: '/admin/users/auth0%7Cx',
      pathParameters: { sub: 'auth0|x' },
      rawQueryString: 'a=1&a=2',
    });
  });

  it('an IAM identity reaches only functions behind the IAM authorizer', () => {
    const iamIdentity = 'arn:aws:iam::1:user/x';
    expect(call({ iamIdentity })?.event['requestContext']).not.toHaveProperty('authorizer');
    expect(call({ iamIdentity, method: 'GET', target: '/admin/clients' })?.event['requestContext']).toHaveProperty(
      'authorizer.iam.userArn',
      iamIdentity,
    );
  });

  it('what no route matches reaches no function', () => {
    for (const target of ['/', '/token/', '/tokens', '/admin/clients/', '/admin/clients/a/b'])
      expect(call({ method: 'GET', target })).toBeUndefined();
  });
});

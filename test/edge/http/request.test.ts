import { describe, expect, it } from 'vitest';
import { type HttpEvent, mediaTypeOf, requestFrom } from '../../../provider/edge/http/request.ts';
import { httpEvent, requestWith } from './given.ts';

const ARN = 'arn:aws:iam::123456789012:role/operator';
const read = (different: Partial<HttpEvent>) => requestFrom(httpEvent(different), () => undefined);
const identity = (authorizer: unknown) =>
  read({ requestContext: { requestId: 'r', http: { method: 'GET' }, authorizer } }).iamIdentity;

describe('event of API Gateway (payload format 2.0)', () => {
  it('gives method, path as sent, headers, parameters and query', () => {
    const request = read({
      rawPath: '/admin/users/auth0%7C1',
      rawQueryString: 'login_hint=ann%40example.com',
      headers: { 'content-type': 'application/json' },
      pathParameters: { sub: 'auth0|1' },
      requestContext: { requestId: 'r', http: { method: 'PATCH' } },
    });
    expect(request).toMatchObject({
      method: 'PATCH',
      path: '/admin/users/auth0%7C1',
      pathParameters: { sub: 'auth0|1' },
    });
    expect(request.headers['content-type']).toBe('application/json');
    expect(request.query.get('login_hint')).toBe('ann@example.com');
  });

  it('has a body in base64, plain, or none', () => {
    const text = (different: Partial<HttpEvent>) => new TextDecoder().decode(read(different).body);
    expect(text({ body: 'w7w=', isBase64Encoded: true })).toBe('ü');
    expect(text({ body: 'ü', isBase64Encoded: false })).toBe('ü');
    expect(text({ body: 'w7w=', isBase64Encoded: false })).toBe('w7w=');
    expect(read({}).body).toHaveLength(0);
    expect(read({}).pathParameters).toEqual({});
  });
});

describe('IAM identity', () => {
  it('is the ARN that API Gateway verified', () => {
    expect(identity({ iam: { userArn: ARN, accountId: '123456789012' } })).toBe(ARN);
  });

  it.each([
    ['no authorizer', undefined],
    ['null', null],
    ['text', ARN],
    ['an array', [{ iam: { userArn: ARN } }]],
    ['an empty object', {}],
    ['a JWT authorizer', { jwt: { claims: { userArn: ARN, iam: ARN }, scopes: [] } }],
    ['a Lambda authorizer that says iam', { lambda: { iam: { userArn: ARN } } }],
    ['the identity one level up', { userArn: ARN }],
    ['iam as text', { iam: ARN }],
    ['iam as null', { iam: null }],
    ['iam as an array', { iam: [{ userArn: ARN }] }],
    ['iam without ARN', { iam: { accountId: '123456789012' } }],
    ['an empty ARN', { iam: { userArn: '' } }],
    ['an ARN that is none', { iam: { userArn: 'operator' } }],
    ['an ARN that is no text', { iam: { userArn: [ARN] } }],
    ['an ARN in another case of its name', { iam: { userarn: ARN } }],
  ])('is not %s', (_, authorizer) => {
    expect(identity(authorizer)).toBeUndefined();
  });

  it('is never taken from headers, query or body', () => {
    const event = httpEvent({
      headers: { iam: ARN, userarn: ARN, 'x-amzn-iam': ARN },
      rawQueryString: `userArn=${ARN}`,
      body: JSON.stringify({ requestContext: { authorizer: { iam: { userArn: ARN } } } }),
    });
    expect(requestFrom(event, () => undefined).iamIdentity).toBeUndefined();
  });
});

describe('media type', () => {
  it.each([
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    [' application/json ', 'application/json'],
    ['', ''],
  ])('of "%s" is "%s"', (contentType, mediaType) => {
    expect(mediaTypeOf(requestWith('', contentType))).toBe(mediaType);
  });

  it('is undefined without the header', () => {
    expect(mediaTypeOf(requestWith('', undefined))).toBeUndefined();
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../infra/functions/deployed-functions.ts';
import { type Answer, World } from '../support/world.ts';

// What every answer says to caches and browsers (RFC 6749 §5.1, RFC 6797, ASVS 5 V3.4), on each route that is deployed.

let world: World;
beforeAll(async () => {
  world = await World.start({ throttles: 'off' });
});
afterAll(() => world?.close());
afterEach(() => {
  world.runtime.aws.interference = undefined;
});

const routes = Object.values(functions).flatMap((spec) => spec.routes as readonly string[]);
const isPublic = (route: string) => /^(GET|HEAD) \/\.well-known\//.test(route);
const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';
const json = { 'content-type': 'application/json' };

/** Calls a route without credentials that it would accept, with a body that it can read. */
function call(route: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const form = /^\/(bc-authorize|token|oauth\/token)$/.test(path);
  const body = form ? 'client_id=nobody&client_secret=x&scope=openid' : '{"login_hint":"nobody","level":"info"}';
  const headers = form ? { 'content-type': 'application/x-www-form-urlencoded' } : json;
  return world.send(path.replaceAll(/\{\w+\}/g, 'nobody'), { method, headers, ...(hasBody(method) && { body }) });
}

function expectGuarded({ headers }: Answer, caching: 'kept' | 'never kept'): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  expect(headers.get('x-correlation-id')).toMatch(/^[\w=-]+$/);
  const [control, pragma] = caching === 'kept' ? [/^public, max-age=\d+$/, null] : [/^no-store$/, 'no-cache'];
  expect(headers.get('cache-control')).toMatch(control);
  expect(headers.get('pragma')).toBe(pragma);
}

describe.each(routes)('%s', (route) => {
  it('has its headers when it answers or refuses', async () => {
    const answer = await call(route);
    expect(answer.status).toBeLessThan(500);
    expectGuarded(answer, isPublic(route) ? 'kept' : 'never kept');
  });

  it('has them when it fails', async () => {
    world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError"}' });
    const answer = await call(route);
    expectGuarded(answer, isPublic(route) && answer.status < 400 ? 'kept' : 'never kept');
    if (answer.status >= 500 && !route.startsWith('HEAD '))
      expect(answer.body['error']).toMatch(/^(server_error|temporarily_unavailable)$/);
  });

  it('has them when the body is too long', async () => {
    const [method = '', path = ''] = route.split(' ');
    if (!hasBody(method)) return;
    const body = 'x'.repeat(70_000);
    const answer = await world.send(path.replaceAll(/\{\w+\}/g, 'nobody'), { method, headers: json, body });
    expect(answer.status).toBeLessThan(500);
    expectGuarded(answer, 'never kept');
  });
});

describe('the gateway answers by itself, in the words of API Gateway, which no function can change', () => {
  it.each([
    ['a path that is no route', 'GET', '/nowhere?login_hint=ana', 404],
    ['a method that a route does not have', 'DELETE', '/token', 404],
    ['a path with a slash too many', 'POST', '/token/', 404],
  ])('%s', async (_what, method, path, status) => {
    const answer = await world.send(path, { method });
    expect([answer.status, answer.body]).toEqual([status, { message: 'Not Found' }]);
  });

  it('a body of more than 10 MB', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
    const answer = await world.send('/token', { method: 'POST', headers: json, body });
    expect([answer.status, answer.body]).toEqual([413, { message: 'Request Too Long' }]);
  });
});

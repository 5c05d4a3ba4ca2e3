import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servePage } from '../../../local/demo/pages.ts';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';

describe('the pages of the demo', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((incoming, response) => void servePage(incoming.url ?? '', response));
    port = await listenOnLoopback(server, 0);
  });
  afterAll(() => server.close());

  /** Asks for exactly this path; `fetch` would fold its dots away. */
  async function get(path: string): Promise<{ status: number; type: string; policy: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; type: string; policy: string }>();
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false }, (incoming) => {
      const { 'content-type': type = '', 'content-security-policy': policy } = incoming.headers;
      incoming.resume();
      resolve({ status: incoming.statusCode ?? 0, type, policy: String(policy) });
    });
    outgoing.on('error', reject).end();
    return promise;
  }

  it.each([
    ['/demo', 'text/html'],
    ['/demo/', 'text/html'],
    ['/demo/demo.js', 'text/javascript'],
    ['/demo/phone/phone.js', 'text/javascript'],
    ['/demo/client/desk.css', 'text/css'],
    ['/demo/phone', 'text/html'],
    ['/demo/source/lambdas/token/handler.ts', 'text/plain'],
    ['/demo/source/docs/device-api.md', 'text/plain'],
  ])('serves %s as %s, with a policy that allows no inline code', async (path, type) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 200, type: `${type}; charset=utf-8` });
    expect(answer.policy).toContain("default-src 'self'");
    expect(answer.policy).not.toContain('unsafe');
  });

  it('serves the font as bytes', async () => {
    expect(await get('/demo/fonts/inter.woff2')).toMatchObject({ status: 200, type: 'font/woff2' });
  });

  it.each([
    '/demo/../pages.js',
    '/demo/phone/../demo.js',
    '/demo/../../check-node.js',
    '/demo/phone/../../../../package.js',
    '/demo/..%2Fpages.js',
    '/demo/%2e%2e/pages.js',
    '/demo/phone/%2e%2e/demo.js',
    '/demo//demo.js',
    '/demo/phone//phone.js',
    '/demo/phone\\phone.js',
    '/demo//etc/passwd.js',
    '/demo/client',
    '/demo/phone/',
    '/demo/.js',
    '/demo/nowhere/demo.js',
    '/demo/source/package.json',
    '/demo/source/local/demo/pages.ts',
    '/demo/source/docs/../package.json',
    '/demo/source/docs/%2e%2e/package.json',
    '/demo/source/docs/nowhere.md',
    '/demo/source//etc/passwd',
  ])('refuses %s: nothing but a file of the page is served', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { demoSeed } from '../../../local/demo/seed-file.ts';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';

describe('the routes of the demo page', () => {
  let runtime: Runtime;
  let duringSeeding: Promise<number>[];
  beforeAll(async () => {
    runtime = await startRuntime({ port: 0 });
    const world = new DemoWorld(runtime);
    runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
    const seeding = world.createFrom(demoSeed);
    duringSeeding = ['/local/demo', '/local/push?token=t'].map(statusOf);
    await Promise.all(duringSeeding);
    await seeding;
  });
  afterAll(() => runtime?.close());

  const statusOf = async (path: string): Promise<number> => (await fetch(runtime.url + path)).status;
  const person = async (hint: string) => {
    const query = new URLSearchParams({ login_hint: hint, client_id: 'bank' });
    const response = await fetch(`${runtime.url}/local/person?${query}`);
    return response.ok ? response.json() : response.status;
  };

  it('serve docs/openapi.json to every page, with this provider as its server', async () => {
    const response = await fetch(`${runtime.url}/openapi.json`, { headers: { origin: 'https://editor.example' } });
    const { servers: _, ...shipped } = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    const { servers, ...served } = JSON.parse(await response.text());
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(served).toEqual(shipped);
    expect(servers).toEqual([{ url: runtime.url, description: 'This machine' }]);
    expect(await statusOf('/openapi.json/')).toBe(404);
    expect((await fetch(`${runtime.url}/openapi.json`, { method: 'POST' })).status).toBe(404);
  });

  it('answer 503 while the seed is being created, so that a page of an earlier run does not get in its way', async () => {
    expect(await Promise.all(duringSeeding)).toEqual([503, 503]);
  });

  it.each(['ana@example.com', '+46 70 123 45 67', 'ana', 'ANA@EXAMPLE.COM'])('say that %s names Ana', async (hint) => {
    expect(await person(hint)).toEqual({ sub: 'ana', name: 'Ana Lindqvist', is_reported: false });
  });

  it('say whom a subject identifier names (RFC 9493), and that nobody has an unknown name', async () => {
    const iss_sub = JSON.stringify({ format: 'iss_sub', iss: `${runtime.url}/`, sub: 'bo' });
    expect(await person(iss_sub)).toMatchObject({ sub: 'bo', name: 'Bo Okafor' });
    expect(await person('nobody@example.com')).toBe(404);
  });

  const makeClient = async (order: unknown) => {
    const response = await fetch(`${runtime.url}/local/client`, { method: 'POST', body: JSON.stringify(order) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const pushed = {
    like: 'bank',
    client_id: 'bank-push',
    metadata: { client_name: 'Harbor Bank (push)', backchannel_token_delivery_mode: 'push' },
  };

  it('make a client like a seeded one, with the endpoint of the page, and make it once', async () => {
    const first = await makeClient(pushed);
    expect(first).toMatchObject({
      status: 201,
      body: {
        client_id: 'bank-push',
        client_name: 'Harbor Bank (push)',
        scope: 'openid profile transfer',
        audiences: ['https://bank.example.com'],
        backchannel_token_delivery_mode: 'push',
        backchannel_client_notification_endpoint: expect.stringMatching(/^https:\/\/localhost:\d+\/$/),
      },
    });
    expect(await makeClient(pushed)).toEqual(first);
    const other = { ...pushed, metadata: { ...pushed.metadata, scope: 'openid' } };
    expect((await makeClient(other)).body['client_secret']).not.toBe(first.body['client_secret']);
  });

  it.each([
    [404, { ...pushed, like: 'nobody' }],
    [400, { ...pushed, client_id: '../users' }],
    [400, { like: 'bank' }],
  ])('answer %i to a wrong order for a client', async (status, order) => {
    expect((await makeClient(order)).status).toBe(status);
  });

  it('hand pushes on to the page that has their token, also those that came before it listened again', async () => {
    const { body: client } = await makeClient(pushed);
    const token = 'a-notification-token-of-the-page';
    const listen = async () => {
      const stream = await fetch(`${runtime.url}/local/notifications?token=${token}`);
      return stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    };
    const first = await listen();
    await first?.cancel();
    const answer = await fetch(`${runtime.url}/bc-authorize`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`bank-push:${client['client_secret']}`)}` },
      body: new URLSearchParams({ scope: 'openid', login_hint: 'ana', client_notification_token: token }),
    });
    const { auth_req_id } = (await answer.json()) as { auth_req_id: string };
    const query = new URLSearchParams({ auth_req_id, action: 'deny' });
    expect((await fetch(`${runtime.url}/local/decide?${query}`, { method: 'POST' })).status).toBe(200);
    await expect
      .poll(() => runtime.log.from({}).some(({ line }) => line.includes('"pushed":"access_denied"')))
      .toBe(true);
    const second = await listen();
    let told = '';
    while (!told.includes('data: ')) told += (await second?.read())?.value ?? '';
    await second?.cancel();
    const call: { body: string; status: number } = JSON.parse(/data: (.*)/.exec(told)?.[1] ?? '');
    expect(call).toMatchObject({ status: 204, headers: { authorization: `Bearer ${token}` } });
    expect(JSON.parse(call.body)).toMatchObject({ auth_req_id, error: 'access_denied' });
    expect((await fetch(`${runtime.url}/local/notifications`)).status).toBe(400);
  });
});

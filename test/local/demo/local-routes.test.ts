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
});

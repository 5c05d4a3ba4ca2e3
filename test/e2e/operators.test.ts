import { afterEach, describe, expect, it } from 'vitest';
import { functions } from '../../infra/functions/deployed-functions.ts';
import { LOCAL_IDENTITY } from '../../local/runtime/loopback.ts';
import { World } from '../support/world.ts';

let world: World | undefined;
afterEach(() => world?.close());
const startWith = async (operators: readonly string[]): Promise<World> => {
  world = await World.start({ variables: { OPERATORS: JSON.stringify(operators) } });
  return world;
};

describe('the setting operators', () => {
  it('keeps out an identity that IAM lets through: every route of the admin API answers 403', async () => {
    const { runtime, ...others } = await startWith(['arn:aws:iam::000000000000:user/somebody-else']);
    const before = runtime.aws.calls.filter(({ caller }) => caller === 'admin').length;
    for (const route of functions.admin.routes) {
      const [method = '', path = ''] = route.split(' ');
      const own = path.replaceAll(/\{\w+\}/g, 'x');
      const { status, body } = await (world as World).send(own, { method, ...(method !== 'GET' && { body: '{}' }) });
      expect([route, status, body['error']]).toEqual([route, 403, 'access_denied']);
    }
    const calls = runtime.aws.calls.filter(({ caller, action }) => caller === 'admin' && action !== 'GetItem');
    expect(calls.length).toBe(before);
    expect(others.logs.filter((line) => line.includes('"reason":"operator_not_listed"')).length).toBe(
      functions.admin.routes.length,
    );
    expect(others.logs.every((line) => !line.includes('operator_not_listed') || line.includes(LOCAL_IDENTITY))).toBe(
      true,
    );
  });

  it('lets the listed identity through', async () => {
    const { admin } = { admin: (path: string) => (world as World).admin('GET', path) };
    await startWith([LOCAL_IDENTITY]);
    expect((await admin('/admin/clients')).status).toBe(200);
  });
});

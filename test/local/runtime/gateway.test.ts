import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gateway } from '../../../local/runtime/gateway.ts';

const gateway = new Gateway();
let url: string;

beforeAll(async () => {
  url = `http://localhost:${await gateway.listen(0)}`;
});
afterAll(() => gateway.close());

describe('the gateway of a runtime that is still starting', () => {
  it('answers a route of a function with 503, as a service that is there again soon', async () => {
    const answer = await fetch(`${url}/token`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('answers 404 where no function has a route', async () => {
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });
});

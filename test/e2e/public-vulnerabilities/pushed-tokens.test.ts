import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { type TestClient, World } from '../../support/world.ts';

// What went wrong elsewhere with tokens on their way to a client.

let endpoint: NotificationEndpoint;
let world: World;
let client: TestClient;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert] });
  client = await world.client({
    backchannel_token_delivery_mode: 'push',
    backchannel_client_notification_endpoint: endpoint.url,
  });
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

/** Has a request approved whose pushes are answered like this. */
async function approved(...answers: readonly [number | 'drop', ...(number | 'drop')[]]) {
  const { email, phone } = await world.person();
  const form = { login_hint: email, client_notification_token: 'a'.repeat(28) };
  const { authReqId, requestId } = await world.asked(client, form);
  const pushes = () => endpoint.received.filter(({ body }) => body.includes(authReqId));
  endpoint.behave([...answers], ({ body }) => body.includes(authReqId));
  expect(await world.answer(phone, requestId, 'approve')).toBe(204);
  await expect.poll(pushes).toHaveLength(1);
  const isEnded = async () => {
    const item = await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
    return item?.['state']?.S === 'redeemed' && item['sealed_tokens'] === undefined;
  };
  return { authReqId, pushes, isEnded };
}

describe('Abblix/Oidc.Server#166, push: tokens whose delivery failed were lost, or redeemed again', () => {
  it('they are delivered when the endpoint is back, and never by another way', async () => {
    const { authReqId, pushes, isEnded } = await approved('drop', 204);
    expect((await world.poll(client, authReqId)).body['error']).toBe('unauthorized_client');
    world.runtime.advance(30);
    await expect.poll(() => pushes().length).toBe(2);
    await expect.poll(isEnded).toBe(true);
    expect((await world.poll(client, authReqId)).body['error']).toBe('unauthorized_client');
  });
});

describe('Lockspire, CIBA notification worker: each further try made new tokens', () => {
  it('every try has the same bytes', async () => {
    const { pushes, isEnded } = await approved(500, 503, 204);
    for (let tries = 2; tries <= 3; tries += 1) {
      world.runtime.advance(30);
      await expect.poll(() => pushes().length).toBe(tries);
    }
    await expect.poll(isEnded).toBe(true);
    expect(new Set(pushes().map(({ body }) => body)).size).toBe(1);
  });
});

describe('better-auth#8485 (review), push: a delivery followed a redirect, and took the tokens along', () => {
  it.each([301, 307, 308])('%i ends it: no second call comes', async (status) => {
    const { pushes, isEnded } = await approved(status, 204);
    await expect.poll(isEnded).toBe(true);
    world.runtime.advance(60);
    expect(pushes()).toHaveLength(1);
  });
});

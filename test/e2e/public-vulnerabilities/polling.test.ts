import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../../support/assertions.ts';
import { type TestClient, World } from '../../support/world.ts';

// The answer to a poll, and how often an approval can be redeemed.

const ROUNDS = 10;
const AT_ONCE = 8;

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person();
});
afterAll(() => world?.close());

const tooFast = { status: 400, error: 'slow_down', reason: 'polled_too_fast' };
const redeemed = { status: 400, error: 'invalid_grant', reason: 'already_redeemed' };

describe('Duende, BackchannelAuthenticationRequestIdValidator: slow_down won over the end of a request', () => {
  /** A request whose client has polled too fast just now. */
  async function hasty(form: Record<string, string> = {}): Promise<{ authReqId: string; requestId: string }> {
    const asked = await world.asked(client, { login_hint: person.email, ...form });
    await world.poll(client, asked.authReqId);
    await expectRefusal(world, await world.poll(client, asked.authReqId), tooFast);
    return asked;
  }

  it('a client that polls too fast gets its tokens at the first poll after the approval', async () => {
    const { authReqId, requestId } = await hasty();
    await world.answer(person.phone, requestId, 'approve');
    expectTokens(await world.poll(client, authReqId));
    await expectRefusal(world, await world.poll(client, authReqId), redeemed);
  });

  it('a client that polls too fast learns of the denial at the first poll after it, and at every further one', async () => {
    const { authReqId, requestId } = await hasty();
    await world.answer(person.phone, requestId, 'deny');
    const denied = { status: 400, error: 'access_denied', reason: 'denied_by_user' };
    await expectRefusal(world, await world.poll(client, authReqId), denied);
    await expectRefusal(world, await world.poll(client, authReqId), denied);
  });

  it('a client that polls too fast learns that the request expired', async () => {
    const { authReqId } = await hasty({ requested_expiry: '10' });
    world.runtime.advance(11);
    const expired = { status: 400, error: 'expired_token', reason: 'request_expired' };
    await expectRefusal(world, await world.poll(client, authReqId), expired);
    await expectRefusal(world, await world.poll(client, authReqId), expired);
  });
});

describe('Abblix/Oidc.Server#281: the first poll was told to slow down', () => {
  it('a poll right after the request is pending, and only the next one is too fast', async () => {
    const { authReqId } = await world.asked(client, { login_hint: person.email });
    const pending = { status: 400, error: 'authorization_pending', reason: 'authorization_pending' };
    await expectRefusal(world, await world.poll(client, authReqId), pending);
    await expectRefusal(world, await world.poll(client, authReqId), tooFast);
  });
});

describe('idp-server#1713: an auth_req_id was redeemed twice at once', () => {
  it('one poll of many gets the tokens and the others invalid_grant, in every round', async () => {
    const reasons = new Set<unknown>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
      await world.answer(person.phone, requestId, 'approve');
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => world.poll(client, authReqId)));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(AT_ONCE - 1);
      expect(refused.filter(({ body }) => body['error'] !== 'invalid_grant')).toEqual([]);
      for (const answer of refused) reasons.add(await world.reason(answer));
    }
    // Which of the two it is depends on how far the winner had come.
    expect([...reasons].filter((one) => one !== 'lost_redemption_race' && one !== 'already_redeemed')).toEqual([]);
  });
});

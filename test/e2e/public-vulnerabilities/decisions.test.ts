import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Phone } from '../../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../../support/assertions.ts';
import { sendAnswer } from '../../support/signed-answer.ts';
import { type TestClient, World } from '../../support/world.ts';

// Who may decide, on what, and how often.

const ROUNDS = 20;

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
let authReqId: string;
let requestId: string;
let bytes: Buffer;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person();
});
afterAll(() => world?.close());
beforeEach(async () => {
  ({ authReqId, requestId } = await world.asked(client, { login_hint: person.email }));
  ({ bytes } = await person.phone.read(requestId));
});

const notFound = { status: 404, error: 'not_found', reason: 'request_not_found' };
const notAuthenticated = { status: 401, error: 'invalid_device', reason: 'device_not_authenticated' };
const wrongClaim = { status: 400, error: 'invalid_request', reason: 'device_token_claim' };
const decidedAlready = { status: 409, error: 'already_decided', reason: 'already_decided' };
const mismatch = { status: 400, error: 'details_mismatch', reason: 'details_hash_mismatch' };
const denied = { status: 400, error: 'access_denied', reason: 'denied_by_user' };

const stillPending = async () =>
  expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');

describe('simpleidserver#687 and #706: whoever reached the confirmation could confirm', () => {
  it('another user’s phone can neither read nor answer a request, under its own name or the user’s', async () => {
    const stranger = (await world.person()).phone;
    const read = async (phone: Phone) => {
      const path = `device/requests/${requestId}`;
      return world.send(`/${path}`, { headers: { authorization: await phone.assertion('GET', path) } });
    };
    await expectRefusal(world, await read(stranger), notFound);
    await expectRefusal(world, await sendAnswer(world, stranger, { requestId, bytes }), notFound);
    const { deviceId, sub } = person.phone.identity;
    for (const claims of [{ sub }, { iss: deviceId }, { iss: deviceId, sub }]) {
      await expectRefusal(world, await sendAnswer(world, stranger, { requestId, bytes, claims }), notAuthenticated);
    }
    await stillPending();
  });

  it('a request cannot be answered without a signature, nor by the client that made it', async () => {
    const path = `/device/requests/${requestId}/response`;
    const headers = { 'content-type': 'application/json' };
    for (const response of [authReqId, client.client_secret, '']) {
      const answer = await world.send(path, { method: 'POST', headers, body: JSON.stringify({ response }) });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    await stillPending();
  });
});

describe('keycloak#7679 (review): the ids of client and phone must not stand for each other', () => {
  it('what the phone knows redeems nothing, and what the client knows opens nothing', async () => {
    await world.answer(person.phone, requestId, 'approve');
    const unknown = { status: 400, error: 'invalid_grant', reason: 'unknown_auth_req_id' };
    await expectRefusal(world, await world.poll(client, requestId), unknown);
    const answered = await sendAnswer(world, person.phone, { requestId: authReqId, bytes });
    await expectRefusal(world, answered, notFound);
    expectTokens(await world.poll(client, authReqId));
  });
});

describe('thunderid#3776: an answer was not bound to the request that it was given for', () => {
  it('an approval of one request approves no other, with its own details or with the other’s', async () => {
    const other = await world.asked(client, { login_hint: person.email, binding_message: 'Pay 900 EUR' });
    const shown = await person.phone.read(other.requestId);
    const elsewhere = await sendAnswer(world, person.phone, { requestId, bytes, sentTo: other.requestId });
    await expectRefusal(world, elsewhere, wrongClaim);
    const swapped = await sendAnswer(world, person.phone, { requestId: other.requestId, bytes });
    await expectRefusal(world, swapped, mismatch);
    const reversed = await sendAnswer(world, person.phone, { requestId, bytes: shown.bytes });
    await expectRefusal(world, reversed, mismatch);
    await stillPending();
    expect((await world.poll(client, other.authReqId)).body['error']).toBe('authorization_pending');
  });
});

describe('wso2/product-is#28134: the binding message was accepted, and not shown to the user', () => {
  it('the phone gets it letter by letter, and an approval without it is refused', async () => {
    const binding_message = 'Pay 249.90 EUR to “Café Ünal”, code 7-GÄ';
    const asked = await world.asked(client, { login_hint: person.email, binding_message });
    const read = await person.phone.read(asked.requestId);
    expect(read.shown.binding_message).toBe(binding_message);
    const { binding_message: _left, ...others } = JSON.parse(read.bytes.toString());
    const unseen = { requestId: asked.requestId, bytes: Buffer.from(JSON.stringify(others)) };
    await expectRefusal(world, await sendAnswer(world, person.phone, unseen), mismatch);
    expect((await person.phone.answer(asked.requestId, read.bytes, 'approve')).status).toBe(204);
  });
});

describe('idp-server, ciba-delegation: a second factor passed without the phone', () => {
  it('a user without a device is refused, and the one whose device left cannot be asked again', async () => {
    const bare = await world.user();
    const none = { status: 400, error: 'invalid_request', reason: 'no_reachable_device' };
    await expectRefusal(world, await world.ask(client, { login_hint: bare.email }), none);
    const { sub, email, phone } = await world.person();
    await world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`);
    await expectRefusal(world, await world.ask(client, { login_hint: email }), none);
  });

  it('no approval comes from a push service that fails', async () => {
    world.runtime.aws.interference = ({ action }) =>
      action === 'Publish' ? { status: 500, body: '<ErrorResponse/>' } : undefined;
    const refused = await world.ask(client, { login_hint: person.email });
    world.runtime.aws.interference = undefined;
    await expectRefusal(world, refused, { status: 503, error: 'temporarily_unavailable', reason: 'push_unavailable' });
    expect(refused.body).not.toHaveProperty('auth_req_id');
  });

  it('tokens are for the user who was named, whoever approves: another approver is refused', async () => {
    const approver = (await world.person()).phone;
    await expectRefusal(world, await sendAnswer(world, approver, { requestId, bytes }), notFound);
    await stillPending();
    expect(await world.answer(person.phone, requestId, 'approve')).toBe(204);
    const { id_token } = expectTokens(await world.poll(client, authReqId));
    expect(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()).sub).toBe(person.sub);
  });
});

describe('better-auth#8485 (review): approve and deny at once both succeeded', () => {
  it('one of them decides and the other is told so, in every round', async () => {
    const second = await world.phone(person.sub);
    const outcomes: unknown[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = await world.asked(client, { login_hint: person.email });
      const shown = await person.phone.read(asked.requestId);
      const decide = (decision: string) => {
        const phone = decision === 'approve' ? person.phone : second;
        return sendAnswer(world, phone, { requestId: asked.requestId, bytes: shown.bytes, claims: { decision } });
      };
      // They take turns in being sent first, so that either can win.
      const answers = await Promise.all((round % 2 === 0 ? ['approve', 'deny'] : ['deny', 'approve']).map(decide));
      const [approval, denial] = round % 2 === 0 ? answers : answers.toReversed();
      if (!approval || !denial) throw new Error('two answers were sent');
      const loser = approval.status === 204 ? denial : approval;
      await expectRefusal(world, loser, decidedAlready);
      const polled = await world.poll(client, asked.authReqId);
      outcomes.push([approval.status, denial.status, polled.status]);
    }
    expect(outcomes.filter((one) => !['204,409,200', '409,204,400'].includes(String(one)))).toEqual([]);
  });
});

describe('node-oidc-provider, backchannelResult: a second result took the place of the first', () => {
  it.each([
    ['approve', 'deny'],
    ['deny', 'approve'],
  ] as const)('after %s, %s is refused from the same phone and from another', async (first, other) => {
    const second = await world.phone(person.sub);
    expect((await person.phone.answer(requestId, bytes, first)).status).toBe(204);
    const claims = { decision: other };
    await expectRefusal(world, await sendAnswer(world, person.phone, { requestId, bytes, claims }), decidedAlready);
    await expectRefusal(world, await sendAnswer(world, second, { requestId, bytes, claims }), decidedAlready);
    const polled = await world.poll(client, authReqId);
    if (first === 'approve') expectTokens(polled);
    else await expectRefusal(world, polled, denied);
    await expectRefusal(world, await sendAnswer(world, person.phone, { requestId, bytes, claims }), decidedAlready);
  });
});

import { createHash } from 'node:crypto';
import { generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lifeOf, type Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { openEvidence, type SealedRecord } from '../support/sealed-evidence.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
let email: string;
let sub: string;
let phone: Phone;
let authReqId: string;
let requestId: string;
let bytes: Buffer;

beforeAll(async () => {
  world = await World.start();
  client = await world.client();
  ({ email, sub, phone } = await world.person());
});
afterAll(() => world?.close());
beforeEach(async () => {
  ({ authReqId, requestId } = await world.asked(client, { login_hint: email, binding_message: 'Pay 10 EUR' }));
  ({ bytes } = await phone.read(requestId));
});

const now = () => world.runtime.now();
const hashOf = (data: Uint8Array | string) => createHash('sha256').update(data).digest('base64url');
const goodClaims = () => ({
  iss: phone.identity.deviceId,
  sub,
  request_id: requestId,
  decision: 'approve',
  details_hash: hashOf(bytes),
  ...lifeOf(world.issuer, now),
});
const respond = (response: string, id = requestId): Promise<Answer> =>
  world.send(`/device/requests/${id}/response`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response }),
  });
const signed = (claims: Record<string, unknown>, by = phone, type = 'ciba-response+jwt') =>
  by.sign(type, { ...goodClaims(), ...claims });
const stillPending = async () =>
  expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
const notAuthenticated = { status: 401, error: 'invalid_device', reason: 'device_not_authenticated' };
const wrongClaim = { status: 400, error: 'invalid_request', reason: 'device_token_claim' };

describe('an answer is refused, and the request stays pending,', () => {
  it.each<[string, () => Record<string, unknown>, { status: number; error: string; reason: string }]>([
    [
      'with the hash of other details',
      () => ({ details_hash: hashOf('{}') }),
      { status: 400, error: 'details_mismatch', reason: 'details_hash_mismatch' },
    ],
    ['addressed to another deployment', () => ({ aud: 'https://other.example/' }), wrongClaim],
    ['for another request', () => ({ request_id: 'x'.repeat(43) }), wrongClaim],
    ['that is valid an hour from now', () => ({ nbf: now() + 3600 }), wrongClaim],
    ['that approves and reports fraud', () => ({ reason: 'fraud' }), wrongClaim],
    ['in the name of an unknown device', () => ({ iss: 'nobody' }), notAuthenticated],
  ])('%s', async (_name, claims, expected) => {
    await expectRefusal(world, await respond(await signed(claims())), expected);
    await stillPending();
  });

  it('signed by another key', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'ES256', typ: 'ciba-response+jwt' })
      .sign(privateKey);
    await expectRefusal(world, await respond(forged), notAuthenticated);
    expect((await world.line(await respond(forged)))['detail']).toBe('signature');
    await stillPending();
  });

  it.each(['none', 'HS256', 'RS256', 'ES384'])('with its algorithm swapped for %s', async (alg) => {
    const [, payload, signature] = (await signed({})).split('.');
    const header = Buffer.from(JSON.stringify({ alg, typ: 'ciba-response+jwt' })).toString('base64url');
    const answer = await respond(`${header}.${payload}.${alg === 'none' ? '' : signature}`);
    await expectRefusal(world, answer, notAuthenticated);
    expect((await world.line(answer))['detail']).toBe('algorithm');
    await stillPending();
  });

  it('with a key of its own in the header', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const { exportJWK } = await import('jose');
    const header = { alg: 'ES256', typ: 'ciba-response+jwt', jwk: await exportJWK(publicKey) };
    await expectRefusal(
      world,
      await respond(await new SignJWT(goodClaims()).setProtectedHeader(header).sign(privateKey)),
      notAuthenticated,
    );
    await stillPending();
  });

  it.each(['ciba-device+jwt', 'ciba-enrolment+jwt', 'JWT'])('of type %s', async (type) => {
    await expectRefusal(world, await respond(await signed({}, phone, type)), notAuthenticated);
    await stillPending();
  });

  it('by another user’s device', async () => {
    const stranger = (await world.person()).phone;
    const own = { iss: stranger.identity.deviceId, sub: stranger.identity.sub };
    await expectRefusal(world, await respond(await signed(own, stranger)), {
      status: 404,
      error: 'not_found',
      reason: 'request_not_found',
    });
    await expectRefusal(
      world,
      await respond(await signed({ iss: stranger.identity.deviceId }, stranger)),
      notAuthenticated,
    );
    await expectRefusal(world, await respond(await signed({}, stranger)), notAuthenticated);
    await stillPending();
  });

  it('by a removed device, and by one of a blocked user', async () => {
    const person = await world.person();
    const asked = await world.asked(client, { login_hint: person.email });
    const read = await person.phone.read(asked.requestId);
    await world.admin('PATCH', `/admin/users/${person.sub}`, { blocked: true });
    expect((await person.phone.answer(asked.requestId, read.bytes, 'approve')).status).toBe(401);
    await world.admin('PATCH', `/admin/users/${person.sub}`, { blocked: false });
    await world.admin('DELETE', `/admin/users/${person.sub}/devices/${person.phone.identity.deviceId}`);
    expect((await person.phone.answer(asked.requestId, read.bytes, 'approve')).status).toBe(401);
    expect((await world.poll(client, asked.authReqId)).body['error']).toBe('authorization_pending');
  });

  it('after the request expired', async () => {
    const asked = await world.asked(client, { login_hint: email, requested_expiry: '10' });
    const read = await phone.read(asked.requestId);
    world.runtime.advance(11);
    expect((await phone.answer(asked.requestId, read.bytes, 'approve')).status).toBe(410);
    expect((await world.poll(client, asked.authReqId)).body['error']).toBe('expired_token');
  });

  it('in a body that is no JSON', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };
    const answer = await world.send(`/device/requests/${requestId}/response`, init);
    await expectRefusal(world, answer, { status: 400, error: 'invalid_request', reason: 'malformed_body' });
    await stillPending();
  });
});

describe('an answer that was given', () => {
  it('is accepted quietly again from the same device: its first answer was lost', async () => {
    const response = await signed({});
    expect((await respond(response)).status).toBe(204);
    expect((await respond(response)).status).toBe(204);
    expect((await respond(await signed({}))).status).toBe(204);
    expectTokens(await world.poll(client, authReqId));
  });

  it('leaves its evidence once, however often it is repeated', async () => {
    const response = await signed({});
    for (let times = 0; times < 50; times += 1) expect((await respond(response)).status).toBe(204);
    const linesWith = (event: string) =>
      world.logs.filter(
        (line) => line.includes('"message":"audit"') && line.includes(requestId) && line.includes(event),
      );
    await expect.poll(() => linesWith('decision_recorded').length).toBe(50);
    expect(linesWith('decision_evidence')).toHaveLength(1);
    // What a repetition leaves is no larger than the other line of any call.
    const [, ...repeated] = linesWith('decision_recorded');
    expect(repeated.every((line) => line.includes('recorded_before'))).toBe(true);
    expect(Math.max(...repeated.map((line) => line.length))).toBeLessThan(500);
  });

  it('cannot be turned into its opposite, by the same device or another', async () => {
    const second = await world.phone(sub);
    expect((await respond(await signed({ decision: 'deny' }))).status).toBe(204);
    const conflict = { status: 409, error: 'already_decided', reason: 'already_decided' };
    await expectRefusal(world, await respond(await signed({})), conflict);
    await expectRefusal(world, await respond(await signed({ iss: second.identity.deviceId }, second)), conflict);
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
  });

  it('is accepted quietly still once the tokens are out, but not from another device, and gives nothing new', async () => {
    const second = await world.phone(sub);
    expect((await respond(await signed({}))).status).toBe(204);
    expectTokens(await world.poll(client, authReqId));
    expect((await respond(await signed({}))).status).toBe(204);
    const conflict = { status: 409, error: 'already_decided', reason: 'already_decided' };
    await expectRefusal(world, await respond(await signed({ decision: 'deny' })), conflict);
    await expectRefusal(world, await respond(await signed({ iss: second.identity.deviceId }, second)), conflict);
    const replayed = { status: 400, error: 'invalid_grant', reason: 'already_redeemed' };
    await expectRefusal(world, await world.poll(client, authReqId), replayed);
  });

  it('leaves its evidence in the audit trail before the outcome, enough to verify it years later', async () => {
    expect((await respond(await signed({ decision: 'deny', reason: 'fraud' }))).status).toBe(204);
    const events = world.trail(requestId);
    expect(events).toMatchObject([
      { event: 'decision_evidence', phase: 'intended' },
      { event: 'decision_recorded', phase: 'done' },
    ]);
    const [evidence, outcome] = events as [Record<string, string>, Record<string, string>];
    expect(evidence['change']).toBe(outcome['change']);
    expect(outcome).toMatchObject({
      outcome: 'recorded',
      decision: 'deny',
      reason: 'fraud',
      deviceId: phone.identity.deviceId,
    });
    const keys = await world.admin('GET', `/admin/users/${sub}/evidence-keys`);
    const [{ key = '' } = {}] = keys.body['evidence_keys'] as { key?: string }[];
    const opened = openEvidence(evidence as SealedRecord, key);
    const { importJWK, compactVerify } = await import('jose');
    const { payload } = await compactVerify(opened.response, await importJWK(opened.publicKey as JWK, 'ES256'));
    expect(JSON.parse(Buffer.from(payload).toString()).details_hash).toBe(
      hashOf(Buffer.from(opened.details, 'base64url')),
    );
  });
});

describe('a device assertion', () => {
  const read = async (claims: Record<string, unknown>, type = 'ciba-device+jwt'): Promise<Answer> => {
    const good = {
      iss: phone.identity.deviceId,
      sub,
      htm: 'GET',
      htu: `${world.issuer}device/requests`,
      ...lifeOf(world.issuer, now),
    };
    return world.send('/device/requests', {
      headers: { authorization: `Device ${await phone.sign(type, { ...good, ...claims })}` },
    });
  };

  it.each<[string, Record<string, unknown>]>([
    ['another method', { htm: 'DELETE' }],
    ['another URL', { htu: 'https://other.example/device/requests' }],
  ])('is bound to its call: refused for %s', async (_name, claims) => {
    await expectRefusal(world, await read(claims), wrongClaim);
  });

  it('is no response and no enrolment', async () => {
    await expectRefusal(world, await read({}, 'ciba-response+jwt'), notAuthenticated);
    expect((await read({})).status).toBe(200);
  });

  it('that changes something works once', async () => {
    const path = `devices/${phone.identity.deviceId}`;
    const headers = { authorization: await phone.assertion('PATCH', path), 'content-type': 'application/json' };
    const change = () => world.send(`/${path}`, { method: 'PATCH', headers, body: '{"name":"Once"}' });
    expect((await change()).status).toBe(200);
    const again = await change();
    await expectRefusal(world, again, notAuthenticated);
    expect((await world.line(again))['detail']).toBe('replayed');
  });

  it('is required', async () => {
    await expectRefusal(world, await world.send('/device/requests', {}), notAuthenticated);
    await expectRefusal(
      world,
      await world.send('/device/requests', { headers: { authorization: 'Bearer x' } }),
      notAuthenticated,
    );
  });
});

import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lifeOf, type Phone, parseTicketUri } from '../../local/demo/phone.ts';
import { type KeyPair, makeKeyPair, proveVerificationKey, signWith } from '../../local/demo/phone-keys.ts';
import { expectRefusal } from '../support/assertions.ts';
import { openEvidence, type SealedRecord } from '../support/sealed-evidence.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { type TestClient, World } from '../support/world.ts';

const HIGH = 'urn:example:acr:verified';
const LOW = 'urn:example:acr:pin';
const POLICY = [
  { acr: HIGH, anyOf: ['fpt', 'face'], needsVerificationKey: true },
  { acr: LOW, anyOf: ['pin'] },
];

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ variables: { ACR_POLICY: JSON.stringify(POLICY) } });
  client = await world.client();
});
afterAll(() => world?.close());

/** Verifies the ID token as a client does, with a library and the published keys. */
async function idTokenOf(authReqId: string): Promise<Record<string, unknown>> {
  const { body, text } = await world.poll(client, authReqId);
  if (body['id_token'] === undefined) throw new Error(text);
  const { body: keys } = await world.send('/.well-known/jwks.json', {});
  const { payload } = await jwtVerify(String(body['id_token']), createLocalJWKSet(keys as unknown as JSONWebKeySet), {
    issuer: world.issuer,
    audience: client.client_id,
    currentDate: new Date(world.runtime.now() * 1000),
  });
  return payload;
}
const stillPending = async (authReqId: string) => {
  world.runtime.advance(6);
  expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
};
const shownTo = async (phone: Phone, requestId: string) => (await phone.read(requestId)).shown['acr_values'];
const tooLittle = {
  status: 403,
  error: 'insufficient_user_authentication',
  reason: 'verification_insufficient',
};

describe('a client asks for a class of authentication (CIBA §7.1), and the phone has two keys', () => {
  const asked = async (acr_values: string) => {
    const user = await world.user();
    const phone = await world.phone(user.sub, { hasTwoKeys: true });
    const ids = await world.asked(client, { login_hint: user.email, acr_values });
    const { bytes } = await phone.read(ids.requestId);
    /** An approval whose `amr` and key are as the test wants them. */
    const approve = (amr: string[], by?: 'possession' | 'verification') =>
      sendAnswer(world, phone, { requestId: ids.requestId, bytes, claims: { amr }, ...(by && { by }) });
    return { ...ids, ...user, phone, approve };
  };

  it('the phone learns what suffices, is refused for less, verifies, and the ID token says what was reached', async () => {
    const { authReqId, requestId, phone, approve } = await asked(`urn:unknown ${HIGH}`);
    expect(await shownTo(phone, requestId)).toEqual([{ acr: HIGH, amr: ['fpt', 'face'], verification_key: true }]);
    await expectRefusal(world, await approve(['user']), tooLittle);
    const least = await approve(['pin'], 'verification');
    await expectRefusal(world, least, tooLittle);
    expect(least.body['error_description']).toBe(
      'An approval of this request must be signed by the verification key and have one of fpt, face in amr. The request still waits: verify the user and answer again.',
    );
    await expectRefusal(world, await approve(['fpt']), {
      status: 400,
      error: 'invalid_request',
      reason: 'amr_needs_verification_key',
    });
    await stillPending(authReqId);
    expect((await approve(['fpt'], 'verification')).status).toBe(204);
    expect(await idTokenOf(authReqId)).toMatchObject({ acr: HIGH, amr: ['fpt', 'user'] });
  });

  it('the evidence has the public half of the key that signed, and says which it is', async () => {
    const { requestId, sub, phone, approve } = await asked(HIGH);
    expect((await approve(['face'], 'verification')).status).toBe(204);
    const { body } = await world.admin('GET', `/admin/users/${sub}/evidence-keys`);
    const [key] = body['evidence_keys'] as { key: string }[];
    const record = world.trail(requestId).find(({ event }) => event === 'decision_evidence') as SealedRecord;
    expect(openEvidence(record, key?.key ?? '')).toMatchObject({
      proof: 'verification_key',
      publicKey: phone.identity.verification?.publicKey,
    });
  });

  it('the class that the client prefers is the one in the ID token', async () => {
    const { authReqId, approve } = await asked(`${LOW} ${HIGH}`);
    expect((await approve(['pin', 'fpt'], 'verification')).status).toBe(204);
    expect((await idTokenOf(authReqId))['acr']).toBe(LOW);
  });

  it('a key of no use for calls: the verification key neither lists nor removes', async () => {
    const { phone } = await asked(HIGH);
    for (const [method, path] of [
      ['GET', 'device/requests'],
      ['DELETE', `devices/${phone.identity.deviceId}`],
    ] as const) {
      const claims = { iss: phone.identity.deviceId, sub: phone.identity.sub, htm: method, htu: world.issuer + path };
      const life = { aud: world.issuer, iat: world.runtime.now(), exp: world.runtime.now() + 60, jti: method };
      const assertion = await phone.sign('ciba-device+jwt', { ...claims, ...life }, 'verification');
      const answer = await world.send(`/${path}`, { method, headers: { authorization: `Device ${assertion}` } });
      await expectRefusal(world, answer, { status: 401, error: 'invalid_device', reason: 'device_not_authenticated' });
    }
  });

  it('operators see which devices have it, without a key', async () => {
    const { sub, phone } = await asked(HIGH);
    await world.phone(sub);
    const { body } = await world.admin('GET', `/admin/users/${sub}/devices`);
    const [two, one] = body['devices'] as Record<string, unknown>[];
    expect([two, one].map((device) => device?.['verification_key'])).toEqual(
      two?.['device_id'] === phone.identity.deviceId ? [true, undefined] : [undefined, true],
    );
    expect(JSON.stringify(body)).not.toContain(String(phone.identity.verification?.publicKey.x));
  });
});

describe('a client asks for a class, and the phone has one key', () => {
  it('it reaches what needs no second key, and goes on as before', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email, acr_values: `${HIGH} ${LOW}` });
    const { bytes } = await phone.read(requestId);
    const refused = await sendAnswer(world, phone, { requestId, bytes, claims: { amr: ['fpt'] } });
    await expectRefusal(world, refused, tooLittle);
    expect(refused.body['error_description']).toMatch(/^An approval of this request must have one of pin in amr\./);
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    expect(await idTokenOf(authReqId)).toMatchObject({ acr: LOW, amr: ['pin', 'user'] });
  });

  it('it may always deny', async () => {
    const { email, sub, phone } = await world.person();
    await world.phone(sub, { hasTwoKeys: true });
    const { authReqId, requestId } = await world.asked(client, { login_hint: email, acr_values: HIGH });
    await expectRefusal(
      world,
      await sendAnswer(world, phone, {
        requestId,
        bytes: (await phone.read(requestId)).bytes,
        claims: { amr: ['fpt'] },
      }),
      tooLittle,
    );
    expect(await world.answer(phone, requestId, 'deny')).toBe(204);
    expect((await world.poll(client, authReqId)).body['error']).toBe('access_denied');
  });

  it('the client learns at once that no device of the user reaches any class that it asked for', async () => {
    const { email } = await world.person();
    const rung = world.runtime.push.deliveries.length;
    await expectRefusal(world, await world.ask(client, { login_hint: email, acr_values: HIGH }), {
      status: 400,
      error: 'invalid_request',
      reason: 'acr_out_of_reach',
    });
    expect(world.runtime.push.deliveries).toHaveLength(rung);
    expect((await world.ask(client, { login_hint: email, acr_values: 'urn:unknown' })).status).toBe(200);
  });
});

describe('a phone that enrols with a second key', () => {
  type Own = { readonly ticket: string; readonly first: KeyPair; readonly second: KeyPair };
  const life = () => lifeOf(world.issuer, () => world.runtime.now());
  const proofOf = ({ ticket, first, second }: Own) =>
    proveVerificationKey(second, first.publicKey, { ticket, ...life() });
  const begin = async () => {
    const { sub } = await world.user();
    const { ticket } = parseTicketUri(await world.ticket(sub));
    const own: Own = { ticket, first: await makeKeyPair(), second: await makeKeyPair() };
    const enrol = async (verification_key: string) => {
      const claims = { ticket, name: 'A phone', platform: 'GCM', push_token: `push-${sub}`, verification_key };
      const header = { typ: 'ciba-enrolment+jwt', jwk: own.first.publicKey };
      const enrolment = await signWith(own.first, header, { ...claims, ...life() });
      return world.send('/devices', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ enrolment }),
      });
    };
    return { own, enrol, sub };
  };
  /** A proof with claims and a key of the test's, whatever its signature is. */
  const forged = ({ ticket, second }: Own, alg: string, key: Uint8Array) =>
    new SignJWT({ ticket, ...life() })
      .setProtectedHeader({ alg, typ: 'ciba-verification-key+jwt', jwk: second.publicKey })
      .sign(key);
  const badlySigned = { status: 400, error: 'invalid_request', reason: 'verification_key_signature' };
  const wrongClaim = { ...badlySigned, reason: 'device_token_claim' };

  it.each<[string, (own: Own) => Promise<string>, typeof badlySigned]>([
    [
      'that proved itself for the ticket of another user',
      async (own) => proofOf({ ...own, ticket: (await begin()).own.ticket }),
      wrongClaim,
    ],
    [
      'that proved itself beside the first key of another phone',
      async (own) => proofOf({ ...own, first: await makeKeyPair() }),
      wrongClaim,
    ],
    [
      'that is its first key',
      (own) => proofOf({ ...own, second: own.first }),
      { ...badlySigned, reason: 'verification_key_not_another' },
    ],
    [
      'under HMAC with the public key as secret',
      (own) => forged(own, 'HS256', Buffer.from(JSON.stringify(own.second.publicKey))),
      badlySigned,
    ],
    [
      'under none',
      async (own) =>
        `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'ciba-verification-key+jwt', jwk: own.second.publicKey })).toString('base64url')}.${(await proofOf(own)).split('.')[1]}.`,
      badlySigned,
    ],
    [
      'that another key signed',
      async (own) =>
        signWith(await makeKeyPair(), { typ: 'ciba-verification-key+jwt', jwk: own.second.publicKey }, life()),
      badlySigned,
    ],
  ])('is refused for one %s, and its ticket stays good', async (_name, second, refusal) => {
    const { own, enrol, sub } = await begin();
    await expectRefusal(world, await enrol(await second(own)), refusal);
    expect((await world.admin('GET', `/admin/users/${sub}/devices`)).body['devices']).toEqual([]);
    expect((await enrol(await proofOf(own))).body).toMatchObject({ sub, verification_key: true });
  });

  it('may have keys of two kinds', async () => {
    const { own, enrol } = await begin();
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const { payload } = await jwtVerify(await proofOf(own), own.second.publicKey, {
      currentDate: new Date(world.runtime.now() * 1000),
    });
    const proof = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'ciba-verification-key+jwt', jwk })
      .sign(privateKey);
    expect((await enrol(proof)).body['verification_key']).toBe(true);
  });
});

describe('discovery (OIDC Discovery §3)', () => {
  it('offers the classes of the policy', async () => {
    const { body } = await world.send('/.well-known/openid-configuration', {});
    expect(body['acr_values_supported']).toEqual([HIGH, LOW]);
  });
});

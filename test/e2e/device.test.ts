import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Phone, parseTicketUri } from '../../local/demo/phone.ts';
import { expectRefusal } from '../support/assertions.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
});
afterAll(() => world?.close());

const now = () => world.runtime.now();
const callAs = async (phone: Phone, method: string, path: string, body?: unknown): Promise<Answer> =>
  world.send(`/${path}`, {
    method,
    headers: { authorization: await phone.assertion(method, path), 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const devicesOf = async (sub: string) =>
  (await world.admin('GET', `/admin/users/${sub}/devices`)).body['devices'] as Record<string, unknown>[];

describe('enrolment', () => {
  it('answers the device, the user and the issuer of the ticket', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { name: 'Ana’s phone' });
    expect(phone.identity).toMatchObject({ sub, issuer: world.issuer });
    expect(await devicesOf(sub)).toEqual([
      {
        device_id: phone.identity.deviceId,
        name: 'Ana’s phone',
        platform: 'GCM',
        push: 'reachable',
        enrolled_at: expect.any(Number),
      },
    ]);
  });

  it('repeats its answer for the same key, after a lost answer, and is spent for another', async () => {
    const { sub } = await world.user();
    const uri = await world.ticket(sub);
    const phone = await Phone.enrol(uri, { name: 'P', pushToken: 'repeat', now });
    const { ticket } = parseTicketUri(uri);
    const claims = {
      ticket,
      name: 'P',
      platform: 'GCM',
      push_token: 'repeat',
      aud: world.issuer,
      iat: now(),
      exp: now() + 60,
      jti: 'again',
    };
    const again = await enrolSigned(phone, claims);
    expect(again.status).toBe(201);
    expect(again.body['device_id']).toBe(phone.identity.deviceId);
    expect(await devicesOf(sub)).toHaveLength(1);
    await expect(Phone.enrol(uri, { name: 'Q', pushToken: 'other', now })).rejects.toThrow('invalid_ticket');
  });

  it('tells the user’s other devices by a push', async () => {
    const { sub, phone } = await world.person();
    const second = await world.phone(sub);
    const told = world.runtime.push.deliveries.filter(({ token }) => token === phone.identity.pushToken);
    expect(JSON.stringify(told.at(-1)?.payload)).toContain(second.identity.deviceId);
    expect(JSON.stringify(told.at(-1)?.payload)).toContain('device_enrolled');
  });

  it('refuses a ticket that is unknown, expired, or of a removed user', async () => {
    const { sub } = await world.user();
    const uri = await world.ticket(sub);
    await expect(
      Phone.enrol(uri.replace(/ticket=.*/, 'ticket=unknown'), { name: 'P', pushToken: 'x', now }),
    ).rejects.toThrow('invalid_ticket');
    world.runtime.advance(601);
    await expect(Phone.enrol(uri, { name: 'P', pushToken: 'x', now })).rejects.toThrow('invalid_ticket');
    const later = await world.ticket(sub);
    await world.admin('DELETE', `/admin/users/${sub}`);
    await expect(Phone.enrol(later, { name: 'P', pushToken: 'x', now })).rejects.toThrow('invalid_ticket');
  });

  const enrolSigned = async (
    phone: Phone,
    claims: Record<string, unknown>,
    header: Record<string, unknown> = {},
  ): Promise<Answer> => {
    const { SignJWT, importJWK } = await import('jose');
    const key = await importJWK(phone.identity.privateKey, 'ES256');
    const enrolment = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'ciba-enrolment+jwt', jwk: phone.identity.publicKey, ...header })
      .sign(key);
    return world.send('/devices', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enrolment }),
    });
  };

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['another issuer', { aud: 'https://evil.example/' }, {}, 'device_token_claim'],
    ['another typ', {}, { typ: 'ciba-response+jwt' }, 'enrolment_signature'],
    [
      'a key with its private half',
      {},
      { jwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), d: 'z' } },
      'device_key_not_accepted',
    ],
    [
      'a key that is not the signer',
      {},
      { jwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) } },
      'enrolment_signature',
    ],
  ])('refuses %s', async (_name, claims, header, reason) => {
    const { sub, phone } = await world.person();
    const { ticket } = parseTicketUri(await world.ticket(sub));
    const good = {
      ticket,
      name: 'P',
      platform: 'GCM',
      push_token: 'ok',
      aud: world.issuer,
      iat: now(),
      exp: now() + 60,
      jti: 'j',
    };
    const answer = await enrolSigned(phone, { ...good, ...claims }, header);
    await expectRefusal(world, answer, { status: 400, error: 'invalid_request', reason });
    expect(await devicesOf(sub)).toHaveLength(1);
  });

  it('refuses a push token that the push service does not know, and the ticket stays good for the same key', async () => {
    const { sub } = await world.user();
    await expect(Phone.enrol(await world.ticket(sub), { name: 'P', pushToken: 'unknown-1', now })).rejects.toThrow(
      'invalid_push_token',
    );
  });

  it('works with an RSA key as well, whose modulus mobile libraries write with a leading zero', async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose');
    const { sub, email } = await world.user();
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const padded = {
      kty: jwk.kty,
      e: jwk.e,
      n: Buffer.concat([Buffer.from([0]), Buffer.from(String(jwk.n), 'base64url')]).toString('base64url'),
    };
    const { ticket } = parseTicketUri(await world.ticket(sub));
    const claims = {
      ticket,
      name: 'P',
      platform: 'GCM',
      push_token: 'rsa',
      aud: world.issuer,
      iat: now(),
      exp: now() + 60,
      jti: 'j',
    };
    const enrolment = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'ciba-enrolment+jwt', jwk: padded as typeof jwk })
      .sign(privateKey);
    const { status, body } = await world.send('/devices', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enrolment }),
    });
    expect(status).toBe(201);
    const { requestId } = await world.asked(client, { login_hint: email });
    const assertion = await new SignJWT({
      iss: String(body['device_id']),
      sub,
      aud: world.issuer,
      htm: 'GET',
      htu: `${world.issuer}device/requests`,
      iat: now(),
      exp: now() + 60,
      jti: 'k',
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'ciba-device+jwt' })
      .sign(privateKey);
    const list = await world.send('/device/requests', { headers: { authorization: `Device ${assertion}` } });
    expect(list.body).toEqual({
      requests: [
        { request_id: requestId, issued_at: expect.any(Number), expires_at: expect.any(Number), times_rung: 1 },
      ],
    });
  });
});

describe('the push endpoint (one per push token, shared by accounts of one app)', () => {
  const arns = () => [...world.runtime.sns.endpoints.values()];

  it('is shared by two users of one app, and goes with the last', async () => {
    const [ana, bo] = [await world.user(), await world.user()];
    const first = await world.phone(ana.sub, { pushToken: 'shared-token' });
    const second = await world.phone(bo.sub, { pushToken: 'shared-token' });
    expect(arns().filter(({ token }) => token === 'shared-token')).toHaveLength(1);
    expect((await callAs(first, 'DELETE', `devices/${first.identity.deviceId}`)).status).toBe(204);
    expect(arns().filter(({ token }) => token === 'shared-token')).toHaveLength(1);
    expect((await world.ask(client, { login_hint: bo.email })).status).toBe(200);
    await world.admin('DELETE', `/admin/users/${bo.sub}/devices/${second.identity.deviceId}`);
    expect(arns().filter(({ token }) => token === 'shared-token')).toHaveLength(0);
  });

  it('follows a changed push token, and the old endpoint goes', async () => {
    const { sub, email } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'old-token' });
    expect(
      (await callAs(phone, 'PATCH', `devices/${phone.identity.deviceId}`, { push_token: 'new-token' })).status,
    ).toBe(200);
    expect(arns().filter(({ token }) => token === 'old-token')).toHaveLength(0);
    await world.asked(client, { login_hint: email });
    expect(world.runtime.push.deliveries.at(-1)?.token).toBe('new-token');
  });

  it.each([
    ['the ARN', 'arn'],
    ['an error that names the ARN', 'error'],
  ] as const)(
    'that was disabled is revived by the same token from the app alone, if SNS answers %s',
    async (_, answer) => {
      world.runtime.sns.disabledTokenAnswer = answer;
      const { sub, email } = await world.user();
      const token = `dead-token-${answer}`;
      const phone = await world.phone(sub, { pushToken: token });
      world.runtime.sns.disable(token);
      expect((await world.ask(client, { login_hint: email })).status).toBe(400);
      expect(
        (await callAs(phone, 'PATCH', `devices/${phone.identity.deviceId}`, { name: 'New name' })).body['push'],
      ).toBe('unreachable');
      expect((await world.ask(client, { login_hint: email })).status).toBe(400);
      expect(
        (await callAs(phone, 'PATCH', `devices/${phone.identity.deviceId}`, { push_token: token })).body['push'],
      ).toBe('reachable');
      expect((await world.ask(client, { login_hint: email })).status).toBe(200);
      world.runtime.sns.disabledTokenAnswer = 'arn';
    },
  );

  it('that exists with other attributes is found by the ARN in the message', async () => {
    const arn = 'arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/local/by-hand';
    const application = 'arn:aws:sns:eu-central-1:000000000000:app/GCM/local';
    world.runtime.sns.endpoints.set(arn, {
      arn,
      application,
      token: 'by-hand',
      enabled: false,
      attributes: { CustomUserData: 'someone' },
    });
    const { sub, email } = await world.user();
    await world.phone(sub, { pushToken: 'by-hand' });
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
    expect(world.runtime.sns.endpoints.get(arn)?.enabled).toBe(true);
  });
});

describe('reading requests', () => {
  it('lists the user’s pending requests, newest first, on every device, also when the push was missed', async () => {
    const { sub, email, phone } = await world.person();
    const second = await world.phone(sub);
    const first = await world.asked(client, { login_hint: email });
    world.runtime.advance(1);
    const later = await world.asked(client, { login_hint: email });
    expect((await phone.list()).map(({ request_id }) => request_id)).toEqual([later.requestId, first.requestId]);
    expect(await second.list()).toHaveLength(2);
    await world.answer(phone, first.requestId, 'deny');
    expect((await second.list()).map(({ request_id }) => request_id)).toEqual([later.requestId]);
    world.runtime.advance(200);
    expect(await phone.list()).toEqual([]);
  });

  it('says 404 of an unknown request and of another user’s, 410 of one that is over', async () => {
    const { email, phone } = await world.person();
    const stranger = (await world.person()).phone;
    const { requestId } = await world.asked(client, { login_hint: email });
    const foreign = await callAs(stranger, 'GET', `device/requests/${requestId}`);
    await expectRefusal(world, foreign, { status: 404, error: 'not_found', reason: 'request_not_found' });
    const unknown = await callAs(stranger, 'GET', `device/requests/${'x'.repeat(43)}`);
    expect(unknown.text).toBe(foreign.text);
    world.runtime.advance(121);
    await expectRefusal(world, await callAs(phone, 'GET', `device/requests/${requestId}`), {
      status: 410,
      error: 'expired',
      reason: 'request_over',
    });
  });
});

describe('managing a device', () => {
  it('changes its name and removes itself; then it is unknown', async () => {
    const { sub, phone } = await world.person();
    const path = `devices/${phone.identity.deviceId}`;
    expect((await callAs(phone, 'PATCH', path, { name: 'Work phone' })).body).toMatchObject({ name: 'Work phone' });
    expect((await callAs(phone, 'DELETE', path)).status).toBe(204);
    expect(await devicesOf(sub)).toEqual([]);
    const gone = await callAs(phone, 'GET', 'device/requests');
    await expectRefusal(world, gone, { status: 401, error: 'invalid_device', reason: 'device_not_authenticated' });
    expect(gone.headers.get('www-authenticate')).toContain('Device');
  });

  it('cannot touch another device, not even one of the same user', async () => {
    const { sub, phone } = await world.person();
    const second = await world.phone(sub);
    const answer = await callAs(phone, 'DELETE', `devices/${second.identity.deviceId}`);
    await expectRefusal(world, answer, { status: 403, error: 'access_denied', reason: 'device_not_own' });
  });
});

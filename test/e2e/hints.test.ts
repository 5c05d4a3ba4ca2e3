import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { KeySetServer } from '../support/key-set-server.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const DAY = 86_400;
const REFUSED = { status: 400, error: 'invalid_request', reason: 'id_token_hint_invalid' };
const UNKNOWN = { status: 400, error: 'unknown_user_id', reason: 'unknown_user' };

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
let published: KeySetServer;
let everywhere: { readonly privateKey: CryptoKey; readonly jwk: object };
beforeAll(async () => {
  published = await KeySetServer.start();
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  everywhere = { privateKey, jwk: await exportJWK(publicKey) };
  const trusted = [{ issuer: 'everywhere', jwks: { keys: [everywhere.jwk] }, audience: 'logins' }];
  world = await World.start({
    variables: { LOGIN_HINT_TOKEN_ISSUERS: JSON.stringify(trusted) },
    trustedCertificates: [published.cert],
  });
  client = await world.client();
  person = await world.person({ preferred_username: 'mira', phone_number: '+4912345678' });
});
afterAll(async () => {
  await world?.close();
  await published?.close();
});

const rotate = (order: Record<string, unknown> = {}) =>
  world.runtime.host.invoke('signing-keys', { action: 'rotate', ...order });

/** Logs the person in by any hint, and returns the tokens. */
async function logIn(form: Record<string, string>, as = client, { phone } = person) {
  const { authReqId, requestId } = await world.asked(as, form);
  expect(await world.answer(phone, requestId, 'approve')).toBe(204);
  return expectTokens(await world.poll(as, authReqId));
}

async function detailOf(answer: Answer): Promise<unknown> {
  await expectRefusal(world, answer, REFUSED);
  return (await world.line(answer))['detail'];
}

describe('login_hint in each of its forms names the same person (CIBA §7.1, RFC 9493)', () => {
  it.each([
    ['an e-mail address', () => person.email.toUpperCase()],
    ['a phone number', () => '+49 (123) 456-78'],
    ['a tel: URI', () => 'tel:+49-123-45678'],
    ['a username', () => 'MIRA'],
    ['a subject', () => `sub:${person.sub}`],
    ['an account of this provider', () => `acct:mira@${new URL(world.issuer).hostname}`],
    ['iss_sub', () => ({ format: 'iss_sub', iss: world.issuer, sub: person.sub })],
    ['email', () => ({ format: 'email', email: person.email })],
    ['phone_number', () => ({ format: 'phone_number', phone_number: '+4912345678' })],
    ['opaque', () => ({ format: 'opaque', id: person.sub })],
    ['account', () => ({ format: 'account', uri: `acct:mira@${new URL(world.issuer).hostname}` })],
    [
      'aliases',
      () => ({
        format: 'aliases',
        identifiers: [
          { format: 'email', email: person.email },
          { format: 'opaque', id: person.sub },
        ],
      }),
    ],
  ])('%s', async (_, hintOf) => {
    const hint = hintOf();
    const answer = await world.ask(client, { login_hint: typeof hint === 'string' ? hint : JSON.stringify(hint) });
    expect({ status: answer.status, sub: (await world.line(answer))['sub'] }).toEqual({ status: 200, sub: person.sub });
  });

  it('aliases of two persons name neither', async () => {
    const other = await world.person();
    const identifiers = [person.email, other.email].map((email) => ({ format: 'email', email }));
    const answer = await world.ask(client, { login_hint: JSON.stringify({ format: 'aliases', identifiers }) });
    await expectRefusal(world, answer, UNKNOWN);
    expect((await world.line(answer))['detail']).toBe('different_users');
  });
});

describe('id_token_hint (CIBA §7.1, §14)', () => {
  it('names the person whom the ID token is about, and the new ID token is about them again', async () => {
    const { id_token } = await logIn({ login_hint: person.email });
    const again = await logIn({ id_token_hint: id_token });
    expect(decodeJwt(again.id_token).sub).toBe(person.sub);
  });

  it('is no access token of this client, whatever audience it is for', async () => {
    const audience = 'https://api.example/';
    const own = await world.client({ audiences: [audience], access_token_signed_response_alg: 'ES256' });
    for (const form of [{}, { audience }]) {
      const { access_token } = await logIn({ login_hint: person.email, ...form }, own);
      expect(await detailOf(await world.ask(own, { id_token_hint: access_token }))).toBe('not_an_id_token');
    }
  });

  it('of another client is refused, also if it is sent beside a good hint', async () => {
    const { id_token } = await logIn({ login_hint: person.email });
    const other = await world.client();
    expect(await detailOf(await world.ask(other, { id_token_hint: id_token }))).toBe('audience');
    const both = await world.ask(other, { id_token_hint: id_token, login_hint: person.email });
    await expectRefusal(world, both, { ...REFUSED, reason: 'several_hints' });
  });

  it('of somebody who was blocked or removed since is unknown_user_id, also if another has the sub now', async () => {
    const gone = await world.person();
    const { id_token } = await logIn({ login_hint: gone.email }, client, gone);
    const block = (blocked: boolean) => world.admin('PATCH', `/admin/users/${gone.sub}`, { blocked });
    await block(true);
    await expectRefusal(world, await world.ask(client, { id_token_hint: id_token }), UNKNOWN);
    await block(false);
    await world.admin('DELETE', `/admin/users/${gone.sub}`);
    await expectRefusal(world, await world.ask(client, { id_token_hint: id_token }), UNKNOWN);
    world.runtime.advance(60);
    await world.person({ sub: gone.sub });
    const answer = await world.ask(client, { id_token_hint: id_token });
    await expectRefusal(world, answer, UNKNOWN);
    expect((await world.line(answer))['detail']).toBe('earlier_person');
  });

  it('is refused if anybody else made the signature, or it is none', async () => {
    const { id_token } = await logIn({ login_hint: person.email });
    const [head = '', claims = '', signature = ''] = id_token.split('.');
    const header = decodeProtectedHeader(id_token);
    const { keys } = (await world.send('/.well-known/jwks.json', {})).body as {
      keys: (JsonWebKey & { kid: string })[];
    };
    const ours = keys.find(({ kid }) => kid === header.kid) ?? {};
    const pem = createPublicKey({ key: ours, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const sign = (more: object, said: object = {}) =>
      new SignJWT({ ...decodeJwt(id_token), ...said })
        .setProtectedHeader({ alg: 'RS256', kid: String(header.kid), typ: 'JWT', ...more })
        .sign(privateKey);
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hmac = await new SignJWT(decodeJwt(id_token))
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(Buffer.from(pem));
    const forged: readonly (readonly [string, string])[] = [
      [`${encoded({ ...header, alg: 'none' })}.${claims}.`, 'signature'],
      [`${encoded({ ...header, alg: 'none' })}.${claims}.${signature}`, 'signature'],
      [hmac, 'signature'],
      [await sign({}), 'signature'],
      [await sign({ jwk }), 'signature'],
      [await sign({ kid: undefined, jwk }), 'signature'],
      [await sign({ kid: 'unknown', jku: 'https://evil.example/jwks.json' }), 'signature'],
      [await sign({ x5c: ['MIIB'] }), 'signature'],
      [await sign({}, { iss: 'https://evil.example/' }), 'issuer'],
      [`${head}.${encoded({ ...decodeJwt(id_token), sub: 'victim' })}.${signature}`, 'signature'],
      [`${encoded({ ...header, crit: ['exp'] })}.${claims}.${signature}`, 'malformed'],
      // A JWT whose payload is a JWT, as an encrypted one would have it.
      [
        `${encoded({ ...header, cty: 'JWT' })}.${Buffer.from(id_token).toString('base64url')}.${signature}`,
        'malformed',
      ],
      [`${id_token}.${head}.${head}`, 'malformed'],
      [`${head}.${claims}`, 'malformed'],
      [`${head}.${encoded({ ...decodeJwt(id_token), x: 'x'.repeat(8192) })}.${signature}`, 'malformed'],
      ['x', 'malformed'],
    ];
    const found = [];
    for (const [token] of forged) found.push(await detailOf(await world.ask(client, { id_token_hint: token })));
    expect(found).toEqual(forged.map(([, because]) => because));
    const repeated = new URLSearchParams({ scope: 'openid', id_token_hint: id_token });
    repeated.append('id_token_hint', id_token);
    const answer = await world.post('/bc-authorize', client, repeated.toString());
    await expectRefusal(world, answer, { ...REFUSED, reason: 'repeated_parameter' });
    // An empty parameter counts as absent (RFC 6749 §3.1).
    await expectRefusal(world, await world.ask(client, { id_token_hint: '' }), { ...REFUSED, reason: 'no_hint' });
  });

  it('may have expired, and its key may be gone from the key set; a revoked key never verifies', async () => {
    const { id_token } = await logIn({ login_hint: person.email });
    const { kid } = decodeProtectedHeader(id_token);
    const hint = () => world.ask(client, { id_token_hint: id_token });
    const published = async () => (await world.send('/.well-known/jwks.json', {})).text.includes(String(kid));
    const signedAt = Number(decodeJwt(id_token).exp);
    for (const days of [91, 3]) {
      world.runtime.advance(days * DAY);
      await rotate();
    }
    world.runtime.advance(301);
    expect(await published()).toBe(false);
    // It expired 94 days ago by now.
    expect(await detailOf(await hint())).toBe('expired');
    expect(world.runtime.now() - signedAt).toBeGreaterThan(90 * DAY);

    const later = (await logIn({ login_hint: person.email })).id_token;
    world.runtime.advance(80 * DAY);
    await rotate({ force: true });
    world.runtime.advance(3 * DAY);
    await rotate();
    world.runtime.advance(301);
    const again = await world.ask(client, { id_token_hint: later });
    expect(again.status).toBe(200);
    await world.runtime.host.invoke('signing-keys', { action: 'revoke', kid: decodeProtectedHeader(later).kid });
    world.runtime.advance(301);
    expect(await detailOf(await world.ask(client, { id_token_hint: later }))).toBe('signature');
  });
});

describe('login_hint_token (CIBA §7.1, RFC 9493 §4.1)', () => {
  const REFUSED_TOKEN = { ...REFUSED, reason: 'login_hint_token_invalid' };
  const keyed = async (alg = 'ES256') => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    return { jwk: { ...(await exportJWK(publicKey)), kid: 'k1' }, privateKey };
  };
  let own: Awaited<ReturnType<typeof keyed>>;
  let trusting: TestClient;
  beforeAll(async () => {
    own = await keyed();
    const registered = [
      { issuer: 'https://hints.example/', jwks: { keys: [own.jwk] } },
      { issuer: 'https://published.example/', jwks_uri: published.url },
    ];
    trusting = await world.client({ login_hint_token_issuers: registered });
    expect((await world.admin('GET', `/admin/clients/${trusting.client_id}`)).body).toMatchObject({
      login_hint_token_issuers: registered,
    });
  });

  const email = () => ({ format: 'email', email: person.email });
  const claimsOf = (more: object) => {
    const now = world.runtime.now();
    return { iss: 'https://hints.example/', aud: world.issuer, iat: now, exp: now + 120, sub_id: email(), ...more };
  };
  const sign = (more: object = {}, { privateKey }: { readonly privateKey: CryptoKey } = own, header: object = {}) =>
    new SignJWT(claimsOf(more)).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(privateKey);
  const hint = (login_hint_token: string, as = trusting) => world.ask(as, { login_hint_token });
  const becauseOf = async (answer: Answer) => {
    await expectRefusal(world, answer, REFUSED_TOKEN);
    return (await world.line(answer))['detail'];
  };

  it('names the person by each sub_id, for tokens of somebody who is trusted for this client', async () => {
    const identifiers = [email(), { format: 'opaque', id: person.sub }];
    for (const sub_id of [
      { format: 'iss_sub', iss: world.issuer, sub: person.sub },
      { format: 'phone_number', phone_number: '+49 (123) 456-78' },
      { format: 'account', uri: `acct:Mira@${new URL(world.issuer).hostname}` },
      { format: 'aliases', identifiers },
    ]) {
      const answer = await hint(await sign({ sub_id }));
      expect([answer.status, (await world.line(answer))['sub']]).toEqual([200, person.sub]);
    }
    const { id_token } = await logIn({ login_hint_token: await sign() }, trusting);
    expect(decodeJwt(id_token).sub).toBe(person.sub);
    expect(await becauseOf(await hint(await sign(), client))).toBe('issuer');
  });

  it('may come from somebody whom the deployment trusts for every client, and works once with a jti', async () => {
    const once = await sign({ iss: 'everywhere', aud: 'logins', jti: 'j' }, everywhere);
    expect((await hint(once, client)).status).toBe(200);
    expect(await becauseOf(await hint(once, client))).toBe('replayed');
    expect(await becauseOf(await hint(once))).toBe('replayed');
    expect(await becauseOf(await hint(await sign({ iss: 'everywhere' }, everywhere), client))).toBe('audience');
  });

  it('may be signed by a key that its issuer publishes; one that it took out ends in minutes', async () => {
    const [first, second] = [await keyed(), await keyed()];
    published.publish(first.jwk);
    const iss = 'https://published.example/';
    expect((await hint(await sign({ iss }, first))).status).toBe(200);
    published.publish({ ...second.jwk, kid: 'k2' });
    world.runtime.advance(301);
    expect((await hint(await sign({ iss }, second, { kid: 'k2' }))).status).toBe(200);
    expect(await becauseOf(await hint(await sign({ iss }, first)))).toBe('signature');
    published.behave({ status: 500, body: '' });
    world.runtime.advance(1201);
    expect(await becauseOf(await hint(await sign({ iss }, second, { kid: 'k2' })))).toBe('keys');
  });

  it('is refused as expired a minute after its end, with the code of its own (CIBA §13)', async () => {
    const answer = await hint(await sign({ exp: world.runtime.now() - 60 }));
    await expectRefusal(world, answer, {
      status: 400,
      error: 'expired_login_hint_token',
      reason: 'login_hint_token_expired',
    });
  });

  it('is refused if nobody trusted made the signature, or it says too much or too little', async () => {
    const good = await sign();
    const [head = '', claims = '', signature = ''] = good.split('.');
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const pem = createPublicKey({ key: { ...own.jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const stranger = await keyed();
    const hmac = new SignJWT(claimsOf({})).setProtectedHeader({ alg: 'HS256', kid: 'k1' });
    const sub_id = { format: 'iss_sub', iss: 'https://hints.example/', sub: person.sub };
    const wrong: readonly (readonly [string, string])[] = [
      [`${encoded({ alg: 'none' })}.${claims}.`, 'signature'],
      [await hmac.sign(Buffer.from(pem)), 'signature'],
      [await sign({}, stranger), 'signature'],
      [await sign({}, stranger, { jwk: stranger.jwk }), 'signature'],
      [await sign({}, stranger, { kid: undefined, jku: 'https://evil.example/' }), 'signature'],
      [`${head}.${encoded(claimsOf({ sub_id: { format: 'opaque', id: 'victim' } }))}.${signature}`, 'signature'],
      [await sign({ iss: 'https://evil.example/' }, stranger), 'issuer'],
      [await sign({ aud: 'https://other.example/' }), 'audience'],
      [await sign({ exp: undefined }), 'times'],
      [await sign({ exp: world.runtime.now() + 2 * DAY }), 'times'],
      [await sign({ nbf: world.runtime.now() + 61 }), 'times'],
      [await sign({ sub_id: undefined, sub: person.sub }), 'subject'],
      [await sign({ sub_id: { format: 'email', email: person.email, sub: 'x' } }), 'subject'],
      [await sign({}, own, { typ: 'secevent+jwt' }), 'type'],
      [`${encoded({ alg: 'ES256', cty: 'JWT' })}.${Buffer.from(good).toString('base64url')}.${signature}`, 'malformed'],
      [`${good}.${head}.${head}`, 'malformed'],
      [await sign({ x: 'x'.repeat(8192) }), 'malformed'],
      ['x', 'malformed'],
    ];
    const found = [];
    for (const [token] of wrong) found.push(await becauseOf(await hint(token)));
    expect(found).toEqual(wrong.map(([, because]) => because));
    await expectRefusal(world, await hint(await sign({ sub_id })), UNKNOWN);
    const both = await world.ask(trusting, { login_hint_token: 'x', login_hint: person.email });
    await expectRefusal(world, both, { ...REFUSED, reason: 'several_hints' });
  });
});

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const DAY = 86_400;
const REFUSED = { status: 400, error: 'invalid_request', reason: 'id_token_hint_invalid' };
const UNKNOWN = { status: 400, error: 'unknown_user_id', reason: 'unknown_user' };

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person({ preferred_username: 'mira', phone_number: '+4912345678' });
});
afterAll(() => world?.close());

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

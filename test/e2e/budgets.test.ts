import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { KeySetServer } from '../support/key-set-server.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { requestCalls } from '../support/request-calls.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { requestIdOf, type TestClient, World } from '../support/world.ts';

let world: World;
let endpoint: NotificationEndpoint;
let keySet: KeySetServer;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;

beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  keySet = await KeySetServer.start();
  const variables = {
    REQUEST_LIMITS: JSON.stringify({ perUser: { perMinute: 100, perHour: 100 } }),
  };
  world = await World.start({ variables, trustedCertificates: [endpoint.cert, keySet.cert] });
  client = await world.client();
  person = await world.person();
  // One whole login makes every function warm and every cache full.
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  await world.poll(client, authReqId);
  await world.answer(person.phone, requestId, 'approve');
  await world.poll(client, authReqId);
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
  await keySet.close();
});

/** The AWS calls that some work makes, as `service Action`. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const before = world.runtime.aws.calls.length;
  await work();
  return requestCalls(world.runtime.aws.calls.slice(before)).map(({ service, action }) => `${service} ${action}`);
}

describe('AWS calls per endpoint, warm, for a client with a secret, an e-mail hint, one device (design, section 7)', () => {
  it('/bc-authorize: 6 DynamoDB requests in 3 waves, then SNS', async () => {
    const calls = await callsOf(() => world.asked(client, { login_hint: person.email }));
    expect(calls.slice(0, 2).sort()).toEqual(['dynamodb GetItem', 'dynamodb UpdateItem']);
    expect(calls.slice(2, 4).sort()).toEqual(['dynamodb Query', 'dynamodb UpdateItem']);
    expect(calls.slice(4)).toEqual(['dynamodb PutItem', 'dynamodb PutItem', 'sns Publish']);
  });

  it('/bc-authorize with an ID token: no read of an identifier; a read of keys every five minutes, and for unknown ones', async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
    await world.answer(person.phone, requestId, 'approve');
    const { id_token } = (await world.poll(client, authReqId)).body;
    const hint = { id_token_hint: String(id_token) };
    await world.asked(client, hint);
    const calls = await callsOf(() => world.asked(client, hint));
    expect(calls.slice(0, 2).sort()).toEqual(['dynamodb Query', 'dynamodb UpdateItem']);
    expect(calls.slice(2)).toEqual(['dynamodb UpdateItem', 'dynamodb PutItem', 'dynamodb PutItem', 'sns Publish']);
    const [head = '', ...rest] = hint.id_token_hint.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const unknown = Buffer.from(JSON.stringify({ ...header, kid: 'unknown' })).toString('base64url');
    const refused = { id_token_hint: [unknown, ...rest].join('.') };
    const reads = await callsOf(async () => {
      for (let times = 0; times < 20; times += 1) await world.ask(client, refused);
    });
    expect(reads).toEqual(Array.from({ length: 5 }, () => 'dynamodb Query'));
  });

  it('/bc-authorize with a login_hint_token: 1 write more if it has a jti, and none without', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const issuer = { issuer: 'hints', jwks: { keys: [await exportJWK(publicKey)] } };
    const trusting = await world.client({ login_hint_token_issuers: [issuer] });
    const hint = async (more: object) => {
      const exp = world.runtime.now() + 60;
      const claims = {
        iss: 'hints',
        aud: world.issuer,
        exp,
        sub_id: { format: 'email', email: person.email },
        ...more,
      };
      const login_hint_token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      return () => world.asked(trusting, { login_hint_token });
    };
    await (await hint({}))();
    const plain = await callsOf(() => world.asked(trusting, { login_hint: person.email }));
    expect((await callsOf(await hint({}))).toSorted()).toEqual(plain.toSorted());
    expect(await callsOf(await hint({ jti: 'j' }))).toEqual(['dynamodb PutItem', ...plain]);
  });

  it('/token: 1 for a pending poll, 2 for one too fast, 4 in 3 waves for the final one', async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
    const update = 'dynamodb UpdateItem';
    expect(await callsOf(() => world.poll(client, authReqId))).toEqual([update]);
    expect(await callsOf(() => world.poll(client, authReqId))).toEqual([update, update]);
    await world.answer(person.phone, requestId, 'approve');
    const final = await callsOf(() => world.poll(client, authReqId));
    expect([final[0], final.slice(1, -1).sort(), final.at(-1)]).toEqual([
      update,
      ['dynamodb GetItem', 'dynamodb Query'],
      update,
    ]);
    expect(await callsOf(() => world.poll(client, authReqId))).toEqual([update]);
  });

  it('/revoke: 1 for an access token, none for anything else', async () => {
    const login = async () => {
      const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
      await world.answer(person.phone, requestId, 'approve');
      return (await world.poll(client, authReqId)).body;
    };
    const revoke = (token: unknown) => world.post('/revoke', client, { token: String(token) });
    await revoke((await login())['access_token']);
    const tokens = await login();
    expect(await callsOf(() => revoke(tokens['access_token']))).toEqual(['dynamodb PutItem']);
    expect(await callsOf(() => revoke(tokens['access_token']))).toEqual(['dynamodb PutItem']);
    expect(await callsOf(() => revoke(tokens['id_token']))).toEqual([]);
    expect(await callsOf(() => revoke('junk'))).toEqual([]);
  });

  it('/bc-authorize/resend: 7 in 5 waves and a push; 1 for what cannot be resent', async () => {
    const resend = (authReqId: string) =>
      callsOf(() => world.post('/bc-authorize/resend', client, { auth_req_id: authReqId }));
    const { authReqId } = await world.asked(client, { login_hint: person.email });
    expect(await resend(authReqId)).toEqual(['dynamodb GetItem']);
    world.runtime.advance(45);
    const calls = await resend(authReqId);
    const [get, query, update] = ['dynamodb GetItem', 'dynamodb Query', 'dynamodb UpdateItem'];
    expect([calls[0], calls.slice(1, 4).sort(), calls.slice(4)]).toEqual([
      get,
      [get, query, update],
      [update, update, 'sns Publish', update],
    ]);
    expect(await resend('unknown')).toEqual([get]);
    expect(await resend('no id')).toEqual([]);
    expect(await callsOf(() => world.poll(client, authReqId))).toEqual([update]);
  });

  it('the requests of a user with their attempts: 3 in 2 waves, however often phones were rung; 2 if nothing is kept', async () => {
    const list = (sub: string) => callsOf(() => world.admin('GET', `/admin/users/${sub}/requests`));
    const { sub } = await world.person();
    const [query, batch] = ['dynamodb Query', 'dynamodb BatchGetItem'];
    expect(await list(sub)).toEqual([query, query]);
    expect(await list(person.sub)).toEqual([query, query, batch]);
  });

  it('/bc-authorize/withdraw: 4 in 3 waves, with the push in the last for an open request, 1 for anything else', async () => {
    const withdraw = (authReqId: string) =>
      callsOf(() => world.post('/bc-authorize/withdraw', client, { auth_req_id: authReqId }));
    const { authReqId } = await world.asked(client, { login_hint: person.email });
    const calls = await withdraw(authReqId);
    const reads = ['dynamodb GetItem', 'dynamodb Query'];
    expect([calls[0], calls.slice(1, 3).sort(), calls.slice(3).sort()]).toEqual([
      'dynamodb UpdateItem',
      reads,
      ['dynamodb UpdateItem', 'sns Publish'],
    ]);
    expect(await withdraw(authReqId)).toEqual(['dynamodb UpdateItem', 'dynamodb GetItem', 'dynamodb UpdateItem']);
    expect(await withdraw('unknown')).toEqual(['dynamodb UpdateItem']);
    expect(await withdraw('no id')).toEqual([]);
    expect(await callsOf(() => world.poll(client, authReqId))).toEqual(['dynamodb UpdateItem']);
  });

  it('/bc-authorize/number: 2, 4 for the last wrong one; a wrong number on the phone 2, a right one no more than any approval', async () => {
    const [batch, update, stored] = ['dynamodb BatchGetItem', 'dynamodb UpdateItem', 'firehose PutRecord'];
    const entering = await world.client({ number_matching: 'client_enters' });
    const { authReqId, requestId } = await world.asked(entering, { login_hint: person.email });
    const { bytes } = await person.phone.read(requestId);
    let number = '';
    const approval = await callsOf(async () => {
      number = String((await sendAnswer(world, person.phone, { requestId, bytes })).body['number']);
    });
    expect(approval).toEqual([batch, stored, update, stored]);
    const wrong = number === '00' ? '01' : '00';
    const enter = (text: string) =>
      callsOf(() => world.post('/bc-authorize/number', entering, { auth_req_id: authReqId, number: text }));
    for (const text of [wrong, number]) expect(await enter(text)).toEqual(['dynamodb GetItem', update]);
    expect(await enter(number)).toEqual(['dynamodb GetItem']);
    const failing = (await world.asked(entering, { login_hint: person.email })).authReqId;
    const enterWrong = () =>
      callsOf(() => world.post('/bc-authorize/number', entering, { auth_req_id: failing, number: '00' }));
    for (const more of [[], [], ['dynamodb GetItem', update]])
      expect(await enterWrong()).toEqual(['dynamodb GetItem', update, ...more]);
    const showing = await world.client({ number_matching: 'phone_enters' });
    const asked = await world.ask(showing, { login_hint: person.email });
    const toMatch = requestIdOf(String(asked.body['auth_req_id']));
    const shown = String(asked.body['number']);
    const read = await person.phone.read(toMatch);
    const answer = (text: string) =>
      callsOf(() =>
        sendAnswer(world, person.phone, { requestId: toMatch, bytes: read.bytes, claims: { number: text } }),
      );
    expect(await answer(shown === '00' ? '01' : '00')).toEqual([batch, update]);
    expect(await answer(shown)).toEqual([batch, stored, update, stored]);
  });

  it('device: 2 for the details, 4 for the response, its evidence and outcome stored durably', async () => {
    const { requestId } = await world.asked(client, { login_hint: person.email });
    let bytes: Uint8Array = new Uint8Array();
    const details = await callsOf(async () => {
      ({ bytes } = await person.phone.read(requestId));
    });
    expect(details).toEqual(['dynamodb Query', 'dynamodb BatchGetItem']);
    const response = await callsOf(() => person.phone.answer(requestId, bytes, 'approve'));
    const stored = 'firehose PutRecord';
    expect(response).toEqual(['dynamodb BatchGetItem', stored, 'dynamodb UpdateItem', stored]);
  });

  it('device: one write more for a denial, and for an approval that ends a pause; three more for a report of fraud', async () => {
    const asker = await world.client();
    const stored = 'firehose PutRecord';
    const write = 'dynamodb UpdateItem';
    const answers = async (claims: Record<string, string>) => {
      const { requestId } = await world.asked(asker, { login_hint: person.email });
      const { bytes } = await person.phone.read(requestId);
      const calls = await callsOf(() => sendAnswer(world, person.phone, { requestId, bytes, claims }));
      world.runtime.advance(15);
      return calls.slice(1);
    };
    expect(await answers({ decision: 'deny' })).toEqual([stored, write, write, stored]);
    expect(await answers({ decision: 'approve' })).toEqual([stored, write, 'dynamodb DeleteItem', stored]);
    expect(await answers({ decision: 'approve' })).toEqual([stored, write, stored]);
    const fraud = await answers({ decision: 'deny', reason: 'fraud' });
    expect(fraud).toEqual([stored, stored, write, stored, write, stored]);
    // The copy of the client is a minute old.
    await world.asked(asker, { login_hint: person.email });
    const before = world.runtime.aws.calls.length;
    await world.asked(asker, { login_hint: person.email });
    const own = world.runtime.aws.calls.slice(before).filter(({ caller }) => caller === 'backchannel-authentication');
    const silent = own.map(({ service, action }) => `${service} ${action}`);
    expect(silent.slice(0, 4).sort()).toEqual(['dynamodb GetItem', 'dynamodb Query', write, write]);
    expect(silent.slice(4).sort()).toEqual([
      'dynamodb PutItem',
      'dynamodb PutItem',
      write,
      write,
      write,
      'sns Publish',
    ]);
  });

  it('a client in push mode: one PutItem and one announcement more, then 7 DynamoDB requests and no KMS for the push', async () => {
    const push = await world.client({
      backchannel_token_delivery_mode: 'push',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const ofNotification = (before: number, requestId: string) =>
      requestCalls(world.runtime.aws.calls.slice(before))
        .filter(({ caller, service }) => caller === 'client-notification' && service !== 'sqs')
        .map(({ service, action, body }) => {
          const isLook = action === 'GetItem' && body.includes(`REQUEST#${requestId}`);
          return isLook ? 'look' : `${service} ${action}`;
        });
    const login = async () => {
      const form = { login_hint: person.email, client_notification_token: 'a'.repeat(28) };
      const start = world.runtime.aws.calls.length;
      const { requestId } = await world.asked(push, form);
      const asking = requestCalls(world.runtime.aws.calls.slice(start))
        .filter(({ caller }) => caller === 'backchannel-authentication')
        .map(({ service, action }) => `${service} ${action}`);
      const isWatched = () =>
        world.runtime.aws.calls
          .slice(start)
          .some(({ action, body }) => action === 'SendMessage' && body.includes(requestId));
      await expect.poll(isWatched).toBe(true);
      const decided = world.runtime.aws.calls.length;
      await world.answer(person.phone, requestId, 'approve');
      const clock = setInterval(() => world.runtime.advance(1), 1000);
      await endpoint.next().finally(() => clearInterval(clock));
      const isEnded = () =>
        world.runtime.aws.calls
          .slice(decided)
          .filter(({ body }) => body.includes('auth_req_id') && body.includes('REMOVE')).length > 0;
      await expect.poll(isEnded).toBe(true);
      return { asking, pushing: ofNotification(decided, requestId) };
    };
    await login();
    const { asking, pushing } = await login();
    expect(asking.slice(-5).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 'dynamodb PutItem'),
      ...Array.from({ length: 2 }, () => 'sns Publish'),
    ]);
    const [lease, user, registered, ...ending] = pushing.filter((call) => call !== 'look');
    const write = 'dynamodb UpdateItem';
    expect([lease, [user, registered].sort(), ending]).toEqual([
      write,
      ['dynamodb GetItem', 'dynamodb Query'],
      [write, write, write],
    ]);
    // One look at the request, and one more for each message that overtook the decision.
    expect(pushing[0]).toBe('look');
  });

  it('a client in ping mode: one PutItem more beside the others, one announcement, three DynamoDB requests for the ping', async () => {
    const ping = await world.client({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const login = async () => {
      const form = { login_hint: person.email, client_notification_token: 'a'.repeat(28) };
      const { requestId } = await world.asked(ping, form);
      await world.answer(person.phone, requestId, 'approve');
      // A message that overtook the decision comes again after a second.
      const clock = setInterval(() => world.runtime.advance(1), 1000);
      await endpoint.next().finally(() => clearInterval(clock));
      return requestId;
    };
    await login();
    const before = world.runtime.aws.calls.length;
    const requestId = await login();
    const callsOfOne = (name: string) =>
      requestCalls(world.runtime.aws.calls.slice(before))
        .filter(({ caller }) => caller === name)
        .map(({ service, action }) => `${service} ${action}`);
    const puts = Array.from({ length: 3 }, () => 'dynamodb PutItem');
    expect(callsOfOne('backchannel-authentication').slice(-4)).toEqual([...puts, 'sns Publish']);
    // Details, then the answer: announced before it is recorded.
    const stored = 'firehose PutRecord';
    const response = ['dynamodb BatchGetItem', stored, 'sns Publish', 'dynamodb UpdateItem', stored];
    expect(callsOfOne('device')).toEqual(['dynamodb Query', 'dynamodb BatchGetItem', ...response]);
    const ofPing = () =>
      world.runtime.aws.calls
        .filter(({ caller, body }) => caller === 'client-notification' && body.includes(requestId))
        .map(({ action }) => action);
    // Lease and record; before them one look, and one more for each that came before the decision.
    const aSecondLater = () => {
      world.runtime.advance(1);
      return ofPing().slice(-3);
    };
    await expect.poll(aSecondLater, { interval: 1000 }).toEqual(['GetItem', 'UpdateItem', 'UpdateItem']);
    expect(ofPing().filter((action) => action === 'UpdateItem')).toHaveLength(2);
  });

  it('KMS: none in a warm function; metadata: none at all', async () => {
    const callers = world.runtime.aws.calls.filter(({ action }) => action === 'Decrypt').map(({ caller }) => caller);
    // The first push opened a signing key and the key that seals tokens.
    expect(callers.toSorted()).toEqual(['client-notification', 'client-notification', 'token']);
    await world.send('/.well-known/jwks.json', {});
    expect(await callsOf(() => world.send('/.well-known/openid-configuration', {}))).toEqual([]);
    expect(await callsOf(() => world.send('/.well-known/jwks.json', {}))).toEqual([]);
  });

  it('a request item of a login with long names, several scopes and an audience fits into one write unit of 1 KB', async () => {
    const long = await world.person({
      name: 'N'.repeat(60),
      given_name: 'G'.repeat(40),
      family_name: 'F'.repeat(40),
      preferred_username: 'u'.repeat(40),
    });
    const big = await world.client({
      scope: 'openid profile email phone a:b c:d',
      audiences: [`https://api.example.com/${'x'.repeat(60)}`],
    });
    const form = {
      login_hint: long.email,
      scope: 'openid profile email phone a:b c:d',
      audience: `https://api.example.com/${'x'.repeat(60)}`,
    };
    const { authReqId, requestId } = await world.asked(big, form);
    await world.poll(big, authReqId);
    await world.answer(long.phone, requestId, 'approve');
    const item = await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
    if (!item) throw new Error('no such item');
    expect(sizeOf(item as unknown as Item)).toBeLessThanOrEqual(1024);
  });
});

describe('/bc-authorize in another way costs what docs/architecture.md says, beside a plain request', () => {
  const KID = 'kid-1';
  let privateKey: CryptoKey;
  let jwks: { readonly keys: readonly object[] };
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: KID, alg: 'ES256' }] };
    keySet.publish(...jwks.keys);
  });

  /** What the page says about the DynamoDB requests of a way. */
  function documentedOf(way: string): string | undefined {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const row = page.split('\n').find((line) => line.startsWith(`| ${way} |`));
    return row?.split('|')[2]?.trim();
  }

  /** A JWT of a client, about nothing but itself unless there are more claims. */
  async function signed(clientId: string, typ: string, claims: object): Promise<string> {
    const now = world.runtime.now();
    const life = { iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
    const header = { alg: 'ES256', kid: KID, typ };
    return new SignJWT({ iss: clientId, aud: world.issuer, ...life, ...claims })
      .setProtectedHeader(header)
      .sign(privateKey);
  }
  type Keys = { readonly jwks: object } | { readonly jwks_uri: string };
  const keysInRegistration = (): Keys => ({ jwks });
  const keysAtUri = (): Keys => ({ jwks_uri: `${keySet.url}?${randomUUID()}` });

  /** Makes a client, and returns what asks for the person with a new request each time. */
  const byAssertion = (keys: () => Keys) => async () => {
    const { client_id } = await world.client({ token_endpoint_auth_method: 'private_key_jwt', ...keys() });
    return async () =>
      world.ask(undefined, {
        login_hint: person.email,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await signed(client_id, 'client-authentication+jwt', { sub: client_id }),
      });
  };
  const bySignedRequest = (keys: () => Keys) => async () => {
    const asker = await world.client({ backchannel_authentication_request_signing_alg: 'ES256', ...keys() });
    const claims = { scope: 'openid', login_hint: person.email };
    return async () =>
      world.post('/bc-authorize', asker, {
        request: await signed(asker.client_id, 'oauth-authz-req+jwt', claims),
      });
  };
  const byIdToken = async () => {
    const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
    await world.answer(person.phone, requestId, 'approve');
    const { id_token } = (await world.poll(client, authReqId)).body;
    return async () => world.ask(client, { id_token_hint: String(id_token) });
  };

  const byHintToken = (more: () => object) => async () => {
    const issuers = [{ issuer: 'https://names.example/', ...keysInRegistration() }];
    const trusting = await world.client({ login_hint_token_issuers: issuers });
    const sub_id = { format: 'email', email: person.email };
    return async () => {
      const iss = 'https://names.example/';
      const claims = { iss, aud: world.issuer, exp: world.runtime.now() + 60, sub_id, ...more() };
      const login_hint_token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: KID })
        .sign(privateKey);
      return world.ask(trusting, { login_hint_token });
    };
  };
  const byUserCode = async () => {
    const asker = await world.client({ backchannel_user_code_parameter: true });
    const guarded = await world.person();
    await world.admin('PUT', `/admin/users/${guarded.sub}/user-code`, { user_code: '4711' });
    return async () => world.ask(asker, { login_hint: guarded.email, user_code: '4711' });
  };

  it.each([
    ['`private_key_jwt`', byAssertion(keysInRegistration)],
    ['`private_key_jwt`, the key at a `jwks_uri`', byAssertion(keysAtUri)],
    ['a signed request', bySignedRequest(keysInRegistration)],
    ['a signed request, the key at a `jwks_uri`', bySignedRequest(keysAtUri)],
    ['an `id_token_hint`', byIdToken],
    ['a `login_hint_token`', byHintToken(() => ({}))],
    ['a `login_hint_token` with a `jti`', byHintToken(() => ({ jti: randomUUID() }))],
    ['a `user_code`', byUserCode],
  ])('%s', async (way, prepare) => {
    const askPlainly = () => world.ask(client, { login_hint: person.email });
    const ask = await prepare();
    // The first ones read what a warm function keeps.
    expect([(await askPlainly()).status, (await ask()).status]).toEqual([200, 200]);
    const plain = await callsOf(askPlainly);
    const fetchedBefore = keySet.calls.length;
    const calls = await callsOf(ask);
    expect(keySet.calls.length).toBe(fetchedBefore);
    const [before, after] = [plain, calls].map((all) => all.filter((call) => call.startsWith('dynamodb')).length);
    const more = (after ?? 0) - (before ?? 0);
    expect(documentedOf(way)).toBe(`${Math.abs(more)} ${more < 0 ? 'fewer' : 'more'}`);
    expect(calls.filter((call) => !call.startsWith('dynamodb'))).toEqual(['sns Publish']);
  });
});

type Item = Record<string, Record<string, unknown>>;

/** Size as DynamoDB counts it, rounded up: names and values in UTF-8, a few bytes for numbers and nesting. */
function sizeOf(item: Item): number {
  const valueSize = (value: Record<string, unknown>): number => {
    const [[type, content] = ['', '']] = Object.entries(value);
    if (type === 'S') return Buffer.byteLength(String(content));
    if (type === 'N') return Math.ceil(String(content).length / 2) + 1;
    if (type === 'L')
      return 3 + (content as Record<string, unknown>[]).reduce((sum, each) => sum + 1 + valueSize(each), 0);
    if (type === 'M') return 3 + sizeOf(content as Item);
    return 1;
  };
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value) + 1, 0);
}

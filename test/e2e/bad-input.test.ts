import { createPublicKey, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import {
  FAULTS,
  OWN_REQUEST_CALLS,
  PARAMETERS,
  SIGNED_REQUEST,
  type Verdict,
  verdictsOf,
} from '../support/bad-parameters.ts';
import { type Answer, basic, type TestClient, World } from '../support/world.ts';

const FORM = 'application/x-www-form-urlencoded';
const IN_JSON = { type: 'application/json' };
const PING = {
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://client.example/ciba',
};
const API = 'https://api.example.com';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  const codes = { backchannel_user_code_parameter: true };
  client = await world.client({ client_id: 'bank', scope: 'openid profile', audiences: [API], ...PING, ...codes });
  await world.person({ email: 'ana@example.com', name: 'Ana', preferred_username: 'ana' });
});
afterAll(() => world?.close());

/** What each request has that is not about something else. The values are percent-encoded. */
const BASE: Readonly<Record<string, string | undefined>> = {
  scope: 'openid',
  login_hint: 'ana%40example.com',
  client_notification_token: '8d67dc78-7faa-4d41-aabd-67707b374255',
};

/** Returns the base without some parameters. */
function baseWithout(...names: readonly string[]): string {
  const kept = Object.entries(BASE).filter(([name, value]) => value !== undefined && !names.includes(name));
  return kept.map(([name, value]) => `${name}=${value}`).join('&');
}

type Call = { readonly type?: string; readonly path?: string; readonly authorization?: string | undefined };
const post = (body: string | Uint8Array<ArrayBuffer>, call: Call = {}) => {
  const { type = FORM, path = '/bc-authorize', authorization = basic(client) } = call;
  const headers = { 'content-type': type, ...(authorization && { authorization }) };
  return world.send(path, { method: 'POST', headers, body });
};

const isWrite = ({ service, action }: AwsCall) => service === 'dynamodb' && !/^(Get|Query|BatchGet)/.test(action);
/** A count of an attempt, which may stay when a request is refused. */
const isCount = ({ input }: AwsCall) => JSON.stringify(input['Key'] ?? {}).includes('RATE#');

/** Sends, and checks how it ends: a refusal of the standard, with nothing stored and nobody rung. */
async function expectVerdict(verdict: Verdict, send: () => Promise<Answer>): Promise<Answer> {
  const before = world.runtime.aws.calls.length;
  const answer = await send();
  const calls = world.runtime.aws.calls.slice(before).filter(({ caller }) => caller === 'backchannel-authentication');
  const { reason } = await world.line(answer);
  const ended = answer.status === 200 ? 'accepted' : `${answer.body['error']} ${String(reason)}`;
  expect(ended).toBe(verdict);
  if (verdict === 'accepted') return answer;
  expect(answer.status).toBe(answer.body['error'] === 'invalid_client' ? 401 : 400);
  expect(answer.body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.text.length).toBeLessThan(400);
  expect(calls.filter((call) => isWrite(call) && !isCount(call))).toEqual([]);
  expect(calls.filter(({ service }) => service === 'sns')).toEqual([]);
  return answer;
}

describe.each(Object.entries(PARAMETERS))(
  '%s is refused as the standard says, and stores and rings nothing',
  (name, row) => {
    const beside = Object.entries(row.beside ?? {});
    const others = baseWithout(name, ...beside.map(([other]) => other));
    const more = beside.filter(([, value]) => value !== undefined).map(([other, value]) => `${other}=${value}`);
    const verdicts = verdictsOf(row);

    it.each(Object.entries(FAULTS))('%s', async (fault, spoil) => {
      const body = [others, ...more, spoil({ name, good: row.good })].join('&');
      await expectVerdict(verdicts[fault as keyof typeof FAULTS], () => post(body));
    });
  },
);

/** Sends everything that is needed, with a parameter more or another one in place of that of the base. */
const withParameter = (name: string, value: string) => post(`${baseWithout(name)}&${name}=${value}`);
const withText = (name: string, text: string) => withParameter(name, encodeURIComponent(text));

describe('request of a client that signs its requests (CIBA §7.1.1, §7.2)', () => {
  const HINTS = 'https://hints.example/';
  let signing: TestClient;
  let own: Signer;
  let hinting: Signer;
  let stranger: Signer;
  beforeAll(async () => {
    [own, hinting, stranger] = await Promise.all([newSigner(), newSigner(), newSigner()]);
    signing = await world.client({
      jwks: { keys: [own.jwk] },
      backchannel_authentication_request_signing_alg: 'ES256',
      login_hint_token_issuers: [{ issuer: HINTS, jwks: { keys: [hinting.jwk] } }],
    });
  });

  const claimsOf = (more: object = {}) => {
    const now = world.runtime.now();
    const instants = { iat: now, nbf: now, exp: now + 120 };
    const asked = { scope: 'openid', login_hint: 'ana@example.com' };
    return { iss: signing.client_id, aud: world.issuer, ...instants, jti: randomUUID(), ...asked, ...more };
  };
  const sign = (more: object = {}, { privateKey }: Pick<Signer, 'privateKey'> = own, header: object = {}) =>
    new SignJWT(claimsOf(more)).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(privateKey);
  const hintToken = (by: Signer) =>
    sign(
      { iss: HINTS, scope: undefined, login_hint: undefined, sub_id: { format: 'email', email: 'ana@example.com' } },
      by,
    );
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (header: object) => `${encoded({ kid: 'k1', ...header })}.${encoded(claimsOf())}.`;
  const pem = () => createPublicKey({ key: { ...own.jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const hmac = (secret: string | Buffer) =>
    new SignJWT(claimsOf()).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.from(secret));
  const send = (form: string) => post(form, { authorization: basic(signing) });

  it.each(Object.entries(FAULTS))('%s', async (fault, spoil) => {
    const verdict = verdictsOf(SIGNED_REQUEST)[fault as keyof typeof FAULTS];
    await expectVerdict(verdict, () => send(spoil({ name: 'request', good: SIGNED_REQUEST.good })));
  });

  const SIGNATURE = 'invalid_request request_object_signature';
  const CLAIM = 'invalid_request request_object_claim';
  const MALFORMED = 'invalid_request malformed_request_object';
  const NOT_SUPPORTED = 'invalid_request request_uri_not_supported';
  it.each<[string, () => string | Promise<string>, Verdict, string?]>([
    ['everything right', () => sign(), 'accepted'],
    ['alg none', () => unsigned({ alg: 'none' }), SIGNATURE],
    ['alg none under another spelling', () => unsigned({ alg: 'nOnE' }), SIGNATURE],
    [
      'alg none, and the signature of another request',
      async () => `${unsigned({ alg: 'none' })}${signatureOf(await sign())}`,
      SIGNATURE,
    ],
    [
      'the signature of another request',
      async () => `${unsigned({ alg: 'ES256' })}${signatureOf(await sign())}`,
      SIGNATURE,
    ],
    ['no signature', () => unsigned({ alg: 'ES256' }), SIGNATURE],
    ['an HMAC under the public key as PEM', () => hmac(String(pem())), SIGNATURE],
    ['an HMAC under the public key as a JWK', () => hmac(JSON.stringify(own.jwk)), SIGNATURE],
    ['an HMAC under the secret of the client', () => hmac(signing.client_secret), SIGNATURE],
    ['a key of its own in the header', () => sign({}, stranger, { jwk: stranger.jwk }), SIGNATURE],
    [
      'a key of its own in the header, and no kid',
      () => sign({}, stranger, { jwk: stranger.jwk, kid: undefined }),
      SIGNATURE,
    ],
    [
      'an address of keys in the header',
      () => sign({}, stranger, { jku: 'https://evil.example/jwks.json' }),
      SIGNATURE,
    ],
    ['a certificate in the header', () => sign({}, stranger, { x5c: ['MIIB'] }), SIGNATURE],
    [
      'a critical header',
      async () => `${encoded({ alg: 'ES256', crit: ['exp'] })}.${encoded(claimsOf())}.${signatureOf(await sign())}`,
      MALFORMED,
    ],
    ['a request in the request', async () => sign({ request: await sign() }), CLAIM, 'request'],
    ['a request_uri in the request', () => sign({ request_uri: 'urn:example:request' }), CLAIM, 'request_uri'],
    [
      'a request as the payload',
      async () => `${encoded({ alg: 'ES256', cty: 'JWT' })}.${Buffer.from(await sign()).toString('base64url')}.x`,
      MALFORMED,
    ],
    ['a client assertion', () => sign({ sub: signing.client_id }), CLAIM, 'sub'],
    ['a client assertion by its type', () => sign({}, own, { typ: 'client-authentication+jwt' }), CLAIM, 'typ'],
    ['a login_hint_token', () => hintToken(hinting), SIGNATURE],
    ['a login_hint_token by the key of the client', () => hintToken(own), CLAIM, 'iss'],
    ['a request of another client', () => sign({ iss: 'bank' }), CLAIM, 'iss'],
    [
      'a wrong login_hint_token in it',
      async () => sign({ login_hint: undefined, login_hint_token: await sign() }),
      'invalid_request login_hint_token_invalid',
    ],
  ])('with %s', async (_, requestOf, verdict, claim) => {
    const request = await requestOf();
    const { body } = await expectVerdict(verdict, () => send(`request=${request}`));
    if (claim) expect(body['error_description']).toMatch(new RegExp(`^${claim} of request must be`));
  });

  it('with another parameter beside it', async () => {
    const request = await sign();
    const uri = 'request_uri=urn%3Aexample%3Arequest';
    await expectVerdict(NOT_SUPPORTED, () => send(`request=${request}&${uri}`));
    await expectVerdict(NOT_SUPPORTED, () => send(uri));
    await expectVerdict('invalid_request repeated_parameter', () => send(`request=${request}&request=${request}`));
    const outside = 'invalid_request parameter_outside_signed_request';
    await expectVerdict(outside, () => send(`request=${request}&login_hint=ana%40example.com`));
    await expectVerdict('accepted', () => send(`request=${request}`));
  });

  it('is no login_hint_token and no client assertion', async () => {
    const request = await sign();
    const hint = `scope=openid&login_hint_token=${request}`;
    await expectVerdict('invalid_request login_hint_token_invalid', () => send(hint));
    const type = 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer';
    const assertion = `${baseWithout()}&client_assertion_type=${type}&client_assertion=${request}`;
    const jwks = { keys: [own.jwk] };
    await world.client({ client_id: 'signer', token_endpoint_auth_method: 'private_key_jwt', jwks });
    const ending = async (more: object): Promise<() => Promise<Answer>> => {
      const asserted = assertion.replace(request, await sign({ iss: 'signer', ...more }));
      return () => post(asserted, { authorization: '' });
    };
    // The `sub` of an assertion is its client. A request has none, or that of a user.
    await expectVerdict('invalid_client malformed_client_assertion', await ending({}));
    await expectVerdict('invalid_client unknown_client', await ending({ sub: 'ana' }));
    await expectVerdict('accepted', await ending({ sub: 'signer' }));
  });
});

type Signer = { readonly privateKey: CryptoKey; readonly jwk: object };
async function newSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'k1' } };
}
const signatureOf = (jws: string) => jws.split('.')[2] ?? '';

describe('requested_expiry is a positive integer of seconds in digits (CIBA §7.1)', () => {
  const wrong = [
    ...['0', '-1', '1.5', '1e3', '0x10', '+5', '007', '60s', '1,000', 'NaN', 'Infinity', 'null', '[60]', '"60"'],
    ...['\u0663', '\u00B2', '\uFF16\uFF10', '6 0', ' 60', '60 ', '60\n', '1'.repeat(16), '100000000000000000000'],
  ];
  it.each(wrong)('%j is refused', async (value) => {
    await expectVerdict('invalid_request invalid_parameter', () => withText('requested_expiry', value));
  });

  it('the largest number that is read counts as the limit', async () => {
    expect((await withText('requested_expiry', '9'.repeat(15))).body['expires_in']).toBe(600);
  });
});

describe('binding_message is shown with its white space collapsed, or not at all (CIBA §13)', () => {
  it.each([
    ['65 code points', 'x'.repeat(65)],
    ['an emoji', 'Pay \u{1F600}'],
    ['a letter and its mark apart (NFD)', 'Cafe\u0301'],
    ['a zero-width joiner', 'pa\u200Dy'],
    ['a right-to-left mark', 'pay\u200F'],
    ['a soft hyphen', 'pa\u00ADy'],
    ['a tag character', 'pay\u{E0041}'],
    ['a private character', 'pay\uE000'],
    ['a character that is not assigned', 'pay\u0378'],
    ['no-break spaces alone', '\u00A0\u00A0'],
    ['a byte order mark', '\uFEFFpay'],
    ['marks without a letter', '\u0301\u0301\u0301'],
    ['the filler that looks like a space', 'pay\u3164'],
    ['the replacement character', 'pay \uFFFD'],
  ])('%s is refused', async (_, text) => {
    await expectVerdict('invalid_binding_message invalid_binding_message', () => withText('binding_message', text));
  });
});

describe('scope (RFC 6749 §3.3)', () => {
  const scopes = (count: number) => ['openid', ...Array.from({ length: count - 1 }, (_, i) => `s${i}`)].join(' ');
  it.each([
    ['51 tokens', scopes(51), 'invalid_scope scope_malformed'],
    ['a letter that looks like the o of openid', '\u043Epenid', 'invalid_scope scope_malformed'],
    ['full-width letters', '\uFF4Fpenid', 'invalid_scope scope_malformed'],
    ['capitals', 'OPENID', 'invalid_request openid_scope_missing'],
    ['commas', 'openid,profile', 'invalid_request openid_scope_missing'],
    ['50 tokens, of which the client may have one', scopes(50), 'accepted'],
    ['a token of 10,000 characters', `openid ${'x'.repeat(10_000)}`, 'accepted'],
  ] as const)('%s', async (_, scope, verdict) => {
    await expectVerdict(verdict, () => withText('scope', scope));
  });
});

describe('a hint (CIBA §7.1)', () => {
  const hint = 'login_hint=ana%40example.com';
  const malformed = 'invalid_request login_hint_malformed';
  const identifier = (members: object) => encodeURIComponent(JSON.stringify(members));
  it.each([
    ['two kinds', `${hint}&id_token_hint=x`, 'invalid_request several_hints'],
    ['three kinds', `${hint}&id_token_hint=x&login_hint_token=y`, 'invalid_request several_hints'],
    ['two kinds, one of them empty, which counts as absent (RFC 6749 §3.1)', `${hint}&id_token_hint=`, 'accepted'],
    ['one kind, and empty again', `${hint}&login_hint=`, 'accepted'],
    [
      'one kind, and again under a name in percent escapes',
      `${hint}&login%5Fhint=bo`,
      'invalid_request repeated_parameter',
    ],
    ['an address after a NUL', 'login_hint=%00ana%40example.com', malformed],
    ['two addresses', 'login_hint=ana%40example.com%2Cbo%40example.com', malformed],
    [
      'a subject identifier whose member is an object',
      `login_hint=${identifier({ format: 'email', email: {} })}`,
      malformed,
    ],
    [
      'a subject identifier whose member is a list',
      `login_hint=${identifier({ format: 'email', email: ['a'] })}`,
      malformed,
    ],
    [
      'a subject identifier with a member too many',
      `login_hint=${identifier({ format: 'email', email: 'a@b.c', sub: 'x' })}`,
      malformed,
    ],
    ['a subject identifier of an inherited format', `login_hint=${identifier({ format: 'constructor' })}`, malformed],
    ['no alias', `login_hint=${identifier({ format: 'aliases', identifiers: [] })}`, malformed],
    [
      'six aliases',
      `login_hint=${identifier({ format: 'aliases', identifiers: Array(6).fill({ format: 'email', email: 'ana@example.com' }) })}`,
      malformed,
    ],
    [
      'aliases in aliases',
      `login_hint=${identifier({ format: 'aliases', identifiers: [{ format: 'aliases', identifiers: [{ format: 'email', email: 'ana@example.com' }] }] })}`,
      malformed,
    ],
    [
      'a subject identifier with __proto__',
      'login_hint=%7B%22format%22%3A%22email%22%2C%22__proto__%22%3A%22x%22%7D',
      malformed,
    ],
    ['a subject identifier that is not JSON', 'login_hint=%7B%27format%27%3A%27email%27%7D', malformed],
  ] as const)('%s', async (_, body, verdict) => {
    await expectVerdict(verdict, () => post(`${baseWithout('login_hint')}&${body}`));
  });

  it.each([
    ['a letter that looks like one of theirs', '\u0430na@example.com'],
    ['another issuer', JSON.stringify({ format: 'iss_sub', iss: 'https://evil.example/', sub: 'ana' })],
  ])('names nobody with %s', async (_, text) => {
    await expectVerdict('unknown_user_id unknown_user', () => withText('login_hint', text));
  });
});

describe('what is neither a form of this endpoint (CIBA §7.1) nor JSON', () => {
  const all = baseWithout();
  const json = JSON.stringify({ scope: 'openid', login_hint: 'ana@example.com' });
  const multipart = '--x\r\ncontent-disposition: form-data; name="scope"\r\n\r\nopenid\r\n--x--\r\n';
  const notForm = 'invalid_request unsupported_media_type';
  const noScope = 'invalid_request openid_scope_missing';
  const malformed = 'invalid_request malformed_body';
  const invalid = 'invalid_request invalid_parameter';
  const repeated = 'invalid_request repeated_parameter';
  it.each<[string, string | Uint8Array<ArrayBuffer>, Call, Verdict]>([
    ['a multipart body', multipart, { type: 'multipart/form-data; boundary=x' }, notForm],
    ['JSON under another name', json, { type: 'text/json' }, notForm],
    ['JSON with a hint that is no text', json.replace('"ana@example.com"', '{"format":"email"}'), IN_JSON, invalid],
    ['JSON with two hints of one name', json.replace('{', '{"login_hint":"ben@example.com",'), IN_JSON, repeated],
    ['a JSON list', `[${json}]`, IN_JSON, malformed],
    ['JSON that is called a form', json, {}, noScope],
    ['a form that is called JSON', all, IN_JSON, malformed],
    ['a form that is called text', all, { type: 'text/plain' }, notForm],
    ['two media types', all, { type: `${FORM}, application/json` }, notForm],
    ['an empty body', '', {}, noScope],
    ['parameters in the query', '', { path: `/bc-authorize?${all}` }, noScope],
    [
      'a hint in the query',
      baseWithout('login_hint'),
      { path: '/bc-authorize?login_hint=ana' },
      'invalid_request no_hint',
    ],
    ['a body over 64 KB', `${all}&unknown=${'x'.repeat(65_536)}`, {}, 'invalid_request body_too_large'],
    [
      'raw bytes that are no UTF-8',
      new Uint8Array([...Buffer.from(`${all}&unknown=`), 0xff]),
      {},
      'invalid_request malformed_body',
    ],
    ['a byte order mark before the first name', `\uFEFF${all}`, {}, noScope],
    ['line breaks in place of &', all.replaceAll('&', '\n'), {}, 'invalid_scope scope_malformed'],
    ['semicolons in place of &', all.replaceAll('&', ';'), {}, 'invalid_request openid_scope_missing'],
    [
      'ten thousand unknown parameters',
      `${all}&${Array.from({ length: 9000 }, (_, i) => `a${i}=`).join('&')}`,
      {},
      'accepted',
    ],
  ])('%s', async (_, body, call, verdict) => {
    await expectVerdict(verdict, () => post(body, call));
  });
});

describe('a client that is not authenticated learns nothing of what else is wrong (CIBA §7.2)', () => {
  const wrongSecret = () => basic({ ...client, client_secret: 'wrong' });
  it.each<[string, () => Call, string, Verdict]>([
    ['a wrong secret', () => ({ authorization: wrongSecret() }), '', 'invalid_client wrong_client_secret'],
    ['no credential', () => ({ authorization: '' }), '', 'invalid_client no_client_authentication'],
    ['another scheme', () => ({ authorization: 'Bearer x' }), '', 'invalid_client malformed_authorization_header'],
    [
      'two headers',
      () => ({ authorization: `${basic(client)}, ${basic(client)}` }),
      '',
      'invalid_client malformed_authorization_header',
    ],
    [
      'credentials in the query',
      () => ({ authorization: '', path: `/bc-authorize?client_id=bank&client_secret=${client.client_secret}` }),
      '',
      'invalid_client no_client_authentication',
    ],
    [
      'a secret in header and form',
      () => ({}),
      '&client_id=bank&client_secret=x',
      'invalid_request several_client_authentications',
    ],
    [
      'two secrets in the form',
      () => ({ authorization: '' }),
      '&client_id=bank&client_secret=x&client_secret=y',
      'invalid_request repeated_parameter',
    ],
    [
      'an id that no client can have',
      () => ({ authorization: basic({ client_id: 'a/../b', client_secret: 'x' }) }),
      '',
      'invalid_client unknown_client',
    ],
    [
      'a NUL in the id',
      () => ({ authorization: basic({ client_id: 'bank\0', client_secret: client.client_secret }) }),
      '',
      'invalid_client unknown_client',
    ],
  ])('%s', async (_, call, more, verdict) => {
    const wrong = 'binding_message=%E2%80%AE&requested_expiry=-1&scope=&login_hint=nobody%40example.com';
    await expectVerdict(verdict, () => post(`${wrong}${more}`, call()));
  });
});

describe.each(Object.entries(OWN_REQUEST_CALLS))('%s, a call about an own request', (path, { unknown, parameters }) => {
  const UNKNOWN_ID = 'a-request-that-nobody-made';
  let asking: TestClient;
  let authReqId: string;
  let requestId: string;
  beforeAll(async () => {
    asking = await world.client({ number_matching: 'client_enters' });
    const { email } = await world.person();
    ({ authReqId, requestId } = await world.asked(asking, { login_hint: email }));
  });

  const send = (body: string, call: Call = {}) => post(body, { path, authorization: basic(asking), ...call });
  /** Returns what else a call has, so that one parameter is what is judged. */
  const beside = (name: string) => {
    // A fault of the id is judged by an open request, and everything else by an id that leads nowhere.
    const others = { auth_req_id: UNKNOWN_ID, ...('number' in parameters && { number: '42' }) };
    const kept = Object.entries(others).filter(([other]) => other !== name);
    return kept.map(([other, value]) => `${other}=${value}`);
  };
  const rows = Object.entries(parameters).flatMap(([name, row]) =>
    Object.entries(FAULTS).map(([fault, spoil]) => ({ name, fault, spoil, row })),
  );

  it.each(rows)('$name $fault is answered as the standard says', async ({ name, fault, spoil, row }) => {
    const good = name === 'auth_req_id' ? authReqId : row.good;
    const verdict = verdictsOf(row)[fault as keyof typeof FAULTS];
    await expectVerdict(verdict, () => send([...beside(name), spoil({ name, good })].join('&')));
  });

  const MISSING = 'invalid_request missing_parameter';
  it.each<[string, () => string, Call, Verdict]>([
    ['an empty body', () => '', {}, MISSING],
    ['the id in the query', () => '', { path: `${path}?auth_req_id=${UNKNOWN_ID}&number=42` }, MISSING],
    [
      'JSON under another name',
      () => JSON.stringify({ auth_req_id: authReqId }),
      { type: 'text/json' },
      'invalid_request unsupported_media_type',
    ],
    ['JSON that is called a form', () => JSON.stringify({ auth_req_id: authReqId }), {}, MISSING],
    [
      'a body over 64 KB',
      () => `auth_req_id=${authReqId}&number=42&unknown=${'x'.repeat(65_536)}`,
      {},
      'invalid_request body_too_large',
    ],
    ['no credential', () => `auth_req_id=&number=`, { authorization: '' }, 'invalid_client no_client_authentication'],
    ['an id of no request', () => beside('').join('&'), {}, unknown],
  ])('%s', async (_, body, call, verdict) => {
    await expectVerdict(verdict, () => send(body(), call));
  });

  it('none of it changed the open request, counted a number or rang its phone', async () => {
    const polled = await world.poll(asking, authReqId);
    expect(polled.body['error']).toBe('authorization_pending');
    const pushes = world.runtime.push.deliveries.filter(({ payload }) => JSON.stringify(payload).includes(requestId));
    expect(pushes).toHaveLength(1);
    for (let tries = 1; tries <= 2; tries += 1) {
      const wrong = await world.post('/bc-authorize/number', asking, { auth_req_id: authReqId, number: '42' });
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_number']);
    }
  });
});

it('nothing that a caller sent comes back in an answer, or gets into the log', async () => {
  const marker = 'zq-9f3c-marker';
  const names = Object.keys(PARAMETERS).filter((name) => name !== 'resource');
  for (const name of [...names, 'resource', marker]) {
    const answer = await post(`${baseWithout(name)}&${name}=${marker}`);
    expect(answer.text, name).not.toContain(marker);
    expect(JSON.stringify(await world.line(answer)), name).not.toContain(marker);
  }
});

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../../local/demo/phone.ts';
import { expectTokens } from '../../support/assertions.ts';
import { sendAnswer } from '../../support/signed-answer.ts';
import { type Answer, CIBA_GRANT, requestIdOf, World } from '../../support/world.ts';

// What a caller sends must never become a claim of a token.

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Names of claims, and of parameters that ask for claims. */
const NAMES = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti'],
  ...['auth_time', 'acr', 'amr', 'azp', 'nonce', 'at_hash', 'txn'],
  ...['cnf', 'act', 'may_act', 'client_id', 'username', 'name', 'email', 'email_verified'],
  ...['roles', 'groups', 'claims', 'acr_values'],
];
const VICTIM = 'victim';
const FAR_FUTURE = 4_102_444_800;

/** What is planted under a name: the victim, in the form that the claim has in a token. */
function planted(name: string): unknown {
  if (['exp', 'iat', 'nbf', 'auth_time'].includes(name)) return FAR_FUTURE;
  if (name === 'cnf') return { jkt: VICTIM };
  if (name === 'act' || name === 'may_act') return { sub: VICTIM };
  if (name === 'claims') return { id_token: { sub: { value: VICTIM } } };
  return VICTIM;
}
const asText = (name: string): string => {
  const value = planted(name);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** One call of the client, with what is added to it. */
type Call = {
  readonly form?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly assertion?: Readonly<Record<string, unknown>>;
  /** Claims of the signed request in place of the form. */
  readonly request?: Readonly<Record<string, unknown>>;
};
/** A whole login, with what is added to the request, to the phone's answer and to the redemption. */
type Login = {
  readonly ask?: Call;
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly redeem?: Call;
};

let world: World;
let phone: Phone;
let email: string;
let clientId: string;
let key: CryptoKey;

beforeAll(async () => {
  world = await World.start();
  await world.user({ sub: VICTIM });
  ({ email, phone } = await world.person({ name: 'Ana' }));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  key = privateKey;
  const jwks = { keys: [await exportJWK(publicKey)] };
  const scope = 'openid profile email';
  ({ client_id: clientId } = await world.client({
    token_endpoint_auth_method: 'private_key_jwt',
    backchannel_authentication_request_signing_alg: 'ES256',
    jwks,
    scope,
  }));
});
afterAll(() => world?.close());

async function call(path: string, own: Record<string, string>, { form, query, assertion }: Call = {}): Promise<Answer> {
  const now = world.runtime.now();
  const good = { iss: clientId, sub: clientId, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID() };
  const client_assertion = await new SignJWT({ ...good, ...assertion }).setProtectedHeader({ alg: 'ES256' }).sign(key);
  const search = query ? `?${new URLSearchParams(query)}` : '';
  const body = { ...own, client_assertion_type: ASSERTION, client_assertion, ...form };
  return world.post(path + search, undefined, body);
}

/** The parameters of a request, signed if claims are added to it. */
async function requestOf(parameters: Record<string, string>, { request }: Call = {}): Promise<Record<string, string>> {
  if (!request) return parameters;
  const now = world.runtime.now();
  const good = { iss: clientId, aud: world.issuer, iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
  const claims = { ...parameters, ...good, ...request };
  return { request: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(key) };
}

/** Logs the user in, and returns the answer at which the login ended: the tokens, or the first refusal. */
async function logIn({ ask, answer, redeem }: Login): Promise<Answer> {
  const parameters = await requestOf({ scope: 'openid profile email', login_hint: email }, ask);
  const asked = await call('/bc-authorize', parameters, ask);
  if (asked.status !== 200) return asked;
  const authReqId = String(asked.body['auth_req_id']);
  const requestId = requestIdOf(authReqId);
  const { bytes } = await phone.read(requestId);
  const answered = await sendAnswer(world, phone, { requestId, bytes, claims: { amr: ['user'], ...answer } });
  if (answered.status !== 204) return answered;
  return call('/token', { grant_type: CIBA_GRANT, auth_req_id: authReqId }, redeem);
}

/** The claims of both tokens. Those that differ in every login are only looked at for what was planted. */
function claimsIn(answer: Answer): unknown {
  const { access_token, id_token } = expectTokens(answer);
  const kept = (claim: unknown) => (claim === VICTIM ? VICTIM : 'of this login');
  const access = decodeJwt(access_token);
  const id = decodeJwt(id_token);
  return [
    { ...access, jti: kept(access.jti) },
    { ...id, at_hash: kept(id['at_hash']) },
  ];
}

type Place = {
  readonly login: (name: string) => Login;
  /** The names that are refused there, with the reason: the call has a member of that name itself. */
  readonly refused: Readonly<Record<string, string>>;
};

const ofAssertion = {
  ...Object.fromEntries(['iss', 'aud', 'exp', 'iat', 'nbf'].map((name) => [name, 'client_assertion_claim'])),
  sub: 'unknown_client',
};
// Next to an assertion, `client_id` must name the same client.
const ofForm = { client_id: 'client_assertion_claim' };
const PLACES: readonly (readonly [string, Place])[] = [
  [
    'a parameter of the authentication request',
    {
      login: (name) => ({ ask: { form: { [name]: asText(name) } } }),
      refused: ofForm,
    },
  ],
  [
    'a parameter of the token request',
    {
      login: (name) => ({ redeem: { form: { [name]: asText(name) } } }),
      refused: ofForm,
    },
  ],
  [
    'a query parameter of both requests',
    {
      login: (name) => ({ ask: { query: { [name]: asText(name) } }, redeem: { query: { [name]: asText(name) } } }),
      refused: {},
    },
  ],
  [
    'the text of the binding message',
    {
      login: (name) => ({ ask: { form: { binding_message: JSON.stringify({ [name]: planted(name) }) } } }),
      refused: {},
    },
  ],
  [
    'a claim of the client assertion at /bc-authorize',
    {
      login: (name) => ({ ask: { assertion: { [name]: planted(name) } } }),
      refused: ofAssertion,
    },
  ],
  [
    'a claim of the client assertion at /token',
    {
      // `jti` of the row above is used up.
      login: (name) => ({ redeem: { assertion: { [name]: name === 'jti' ? 'another victim' : planted(name) } } }),
      refused: ofAssertion,
    },
  ],
  [
    'a claim of the signed request',
    {
      login: (name) => ({ ask: { request: { [name]: planted(name) } } }),
      refused: Object.fromEntries(
        ['iss', 'aud', 'exp', 'iat', 'nbf', 'client_id'].map((name) => [name, 'request_object_claim']),
      ),
    },
  ],
  [
    'a claim of the phone’s signed answer',
    {
      login: (name) => ({ answer: { [name]: planted(name) } }),
      refused: {
        nbf: 'device_token_claim',
        iss: 'device_not_authenticated',
        sub: 'device_not_authenticated',
        ...Object.fromEntries(['aud', 'exp', 'iat', 'amr'].map((name) => [name, 'device_token_claim'])),
      },
    },
  ],
];

describe('CVE-2026-97174: an extra parameter became the subject of the tokens', () => {
  it.each(PLACES)('the name of any claim as %s changes no token', async (_place, { login, refused }) => {
    const usual = claimsIn(await logIn({}));
    const differing: Record<string, unknown> = {};
    for (const name of NAMES) {
      const answer = await logIn(login(name));
      if (answer.status !== 200) differing[name] = await world.reason(answer);
      else if (!isDeepStrictEqual(claimsIn(answer), usual)) differing[name] = claimsIn(answer);
    }
    expect(differing).toEqual(refused);
  });

  it('a second hint that names the victim is refused, and so is a second value of any parameter', async () => {
    const hints = await call('/bc-authorize', { scope: 'openid', login_hint: email }, { form: { id_token_hint: 'x' } });
    expect({ status: hints.status, reason: await world.reason(hints) }).toEqual({
      status: 400,
      reason: 'several_hints',
    });
    const client = await world.client();
    const form = new URLSearchParams({ scope: 'openid', login_hint: email });
    form.append('login_hint', VICTIM);
    const repeated = await world.post('/bc-authorize', client, form.toString());
    expect({ status: repeated.status, reason: await world.reason(repeated) }).toEqual({
      status: 400,
      reason: 'repeated_parameter',
    });
  });
});

describe('CVE-2026-97174: a foreign ID token as a hint became the subject of the tokens', () => {
  it('one that another client got for the victim is refused, and nobody is asked', async () => {
    const victim = await world.person();
    const other = await world.client();
    const { authReqId, requestId } = await world.asked(other, { login_hint: victim.email });
    await world.answer(victim.phone, requestId, 'approve');
    const { id_token } = expectTokens(await world.poll(other, authReqId));
    const refused = await call('/bc-authorize', { scope: 'openid', id_token_hint: id_token }, {});
    const { reason, detail } = await world.line(refused);
    expect([refused.status, reason, detail]).toEqual([400, 'id_token_hint_invalid', 'audience']);
    expect(await victim.phone.list()).toEqual([]);
  });
});

describe('Abblix/Oidc.Server#158: an invalid login_hint_token was taken for no hint', () => {
  it('is refused as what it is, alone and beside a hint that would do, and nobody is asked', async () => {
    const client = await world.client();
    const before = (await phone.list()).length;
    const alone = await world.ask(client, { login_hint_token: 'x' });
    expect([alone.status, await world.reason(alone)]).toEqual([400, 'login_hint_token_invalid']);
    for (const hint of ['id_token_hint', 'login_hint_token']) {
      const beside = await world.ask(client, { [hint]: 'x', login_hint: email });
      expect([beside.status, await world.reason(beside)]).toEqual([400, 'several_hints']);
    }
    expect(await phone.list()).toHaveLength(before);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../infra/functions/deployed-functions.ts';
import { parseBackchannelRequest } from '../../provider/core/asking/backchannel-request.ts';
import { STANDARD_PROFILE } from '../../provider/core/client/profile.ts';
import { providerMetadata } from '../../provider/core/discovery/provider-metadata.ts';
import { OPENAPI_FILE, openApiFile, routes } from '../support/openapi/document.ts';
import { EXAMPLES } from '../support/openapi/examples.ts';
import { FORMS } from '../support/openapi/forms.ts';
import { TrafficJudge } from '../support/openapi/judged-traffic.ts';
import { METADATA } from '../support/openapi/metadata.ts';
import { OPERATIONS } from '../support/openapi/operations.ts';
import { refusalsOnCard } from '../support/openapi/refusals.ts';
import type { Recorded } from '../support/openapi/traffic.ts';
import { ApiValidator } from '../support/openapi/validation.ts';

// docs/openapi.json. What the whole suite sends and gets is held to it by test/support/openapi/check-traffic.ts, which
// npm test runs after the tests.

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, OPENAPI_FILE), 'utf8');
const document = JSON.parse(text);
const validator = new ApiValidator(document);

describe('docs/openapi.json', () => {
  it('is made from the code of today: npm run docs writes it', () => {
    expect(openApiFile()).toBe(text);
  });

  it('is OpenAPI 3.1, by the schema of its authors', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(text));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('has every route that a function serves, and no other', () => {
    const described = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = functionNames.flatMap((name) => [...functions[name].routes]);
    expect(described.toSorted()).toEqual(served.toSorted());
    expect(served.length).toBeGreaterThan(40);
  });

  it('gives each operation an id of its own', () => {
    const ids = Object.values(OPERATIONS).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(functionNames.filter((name) => functions[name].routes.length > 0))(
    'has for the routes of %s the error codes that its handler names, and no others',
    (name) => {
      const card = refusalsOnCard(readFileSync(join(root, 'lambdas', name, 'handler.ts'), 'utf8'));
      const codesOf = (refusals: typeof card) =>
        Object.entries(refusals).flatMap(([status, codes]) => codes.map((code) => `${status} ${code}`));
      const described = routes().flatMap(([owner, route]) =>
        owner === name ? codesOf(OPERATIONS[route].refusals) : [],
      );
      expect([...new Set(described)].toSorted()).toEqual(codesOf(card).toSorted());
    },
  );

  it.each(['refused', 'accepted', 'required'] as const)(
    'describes discovery where signed requests are %s',
    (signedRequests) => {
      const profile = { ...STANDARD_PROFILE, signedRequests };
      const offered = providerMetadata({ issuer: 'https://login.example.com/', acrValues: ['one'], profile });
      const at = '/paths/~1.well-known~1openid-configuration/get/responses/200/content/application~1json/schema';
      expect(validator.errorsAt(at, JSON.parse(JSON.stringify(offered)))).toEqual([]);
    },
  );

  it('describes no member of discovery that there never is', () => {
    const all = (['refused', 'accepted', 'required'] as const).flatMap((signedRequests) =>
      Object.keys(
        providerMetadata({
          issuer: 'https://login.example.com/',
          acrValues: ['one'],
          profile: { ...STANDARD_PROFILE, signedRequests },
        }),
      ),
    );
    const described = Object.keys(Object(METADATA['properties']));
    expect(described.toSorted()).toEqual([...new Set(all)].toSorted());
  });

  it('has the parameters of a request that the provider reads, and no others', () => {
    const read = new Set<string>();
    const form = new Map<string, readonly string[]>();
    const noting = new Proxy(form, {
      get: (target, member) => {
        if (member !== 'get' && member !== 'has') return Reflect.get(target, member).bind(target);
        return (name: string) => {
          read.add(name);
          return member === 'get' ? [values[name] ?? ''] : name in values;
        };
      },
    });
    const values: Record<string, string> = {
      scope: 'openid',
      login_hint: 'ana@example.com',
      client_notification_token: 'token-token-token-token',
      acr_values: 'one',
      user_code: '123456',
      requested_expiry: '60',
      binding_message: 'Hello',
    };
    const parsed = parseBackchannelRequest(noting, {
      deliveryMode: 'ping',
      requiresOpenid: true,
      sendsUserCodes: true,
      names: { issuer: 'https://login.example.com/', previousIssuers: [] },
      expiry: { default: 120, limit: 600 },
    });
    expect(parsed.ok).toBe(true);
    // It is refused, so it is no parameter to send.
    read.delete('authorization_details');
    const described = Object.keys(Object(FORMS.AuthenticationRequest['properties'])).filter(
      (name) => !/^client_(id|secret|assertion|assertion_type)$|^request$/.test(name),
    );
    expect([...read].toSorted()).toEqual(described.toSorted());
  });

  it('has examples that it describes itself', () => {
    const wrong = routes().flatMap(([, route]) => {
      const { id, answers, form, isAlias } = OPERATIONS[route];
      const { request, answer } = isAlias ? {} : (EXAMPLES[id] ?? {});
      const [method = '', path = ''] = route.split(' ');
      const at = `/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}`;
      const type = form === undefined ? 'application~1json' : 'application~1x-www-form-urlencoded';
      const content = (place: string, mediaType: string) => `${at}/${place}/content/${mediaType}/schema`;
      return [
        ...(request ? validator.errorsAt(content('requestBody', type), request) : []),
        ...(answer ? validator.errorsAt(content(`responses/${answers[0]?.status}`, 'application~1json'), answer) : []),
      ].map((error) => `${id}: ${error}`);
    });
    expect(wrong).toEqual([]);
    const ids: readonly string[] = Object.values(OPERATIONS).map(({ id }) => id);
    expect(Object.keys(EXAMPLES).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

/** A poll that gets tokens, as the local gateway records it. */
const redeemed: Recorded = {
  routeKey: 'POST /token',
  method: 'POST',
  target: '/token',
  requestHeaders: { authorization: 'Basic YTpi', 'content-type': 'application/x-www-form-urlencoded' },
  body: String(
    new URLSearchParams({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'a', resource: 'r' }),
  ),
  status: 200,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'x-correlation-id': 'c',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=31536000',
  },
  answer: JSON.stringify({ access_token: 'a', token_type: 'Bearer', expires_in: 900, scope: 'openid' }),
};
const slowDown: Recorded = {
  ...redeemed,
  status: 400,
  answer: JSON.stringify({ error: 'slow_down', error_description: 'Wait.', interval: 10 }),
};
const listed: Recorded = {
  ...redeemed,
  routeKey: 'GET /admin/users',
  method: 'GET',
  target: '/admin/users?limit=2',
  answer: '{"users":[]}',
};

function wrongWith(call: Recorded, by = document): readonly string[] {
  const judge = new TrafficJudge(new ApiValidator(by));
  judge.judge(call);
  return judge.verdict.wrong;
}

describe('what judges the traffic of the suite', () => {
  it.each([redeemed, slowDown, listed])(
    'accepts what was sent and answered, and refuses each changed member',
    (call) => {
      const judge = new TrafficJudge(validator);
      judge.judge(call);
      expect(judge.verdict.wrong).toEqual([]);
      expect(judge.verdict.refused).toBeGreaterThan(1);
    },
  );

  it('sees a member that is missing, added, renamed or of another type, in a call and in an answer', () => {
    const answer = { access_token: 'a', token_type: 'Bearer', expires_in: 900, scope: 'openid' };
    for (const changed of [
      { ...answer, scope: undefined },
      { ...answer, refresh_token: 'r' },
      { ...answer, scope: undefined, scopes: 'openid' },
      { ...answer, expires_in: '900' },
    ])
      expect(wrongWith({ ...redeemed, answer: JSON.stringify(changed) }), JSON.stringify(changed)).not.toEqual([]);
    const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'a' };
    for (const body of [{ grant_type: form.grant_type }, { ...form, extra: 'x' }, { ...form, grant_type: 'password' }])
      expect(wrongWith({ ...redeemed, body: String(new URLSearchParams(body)) }), JSON.stringify(body)).not.toEqual([]);
    expect(wrongWith({ ...redeemed, body: `${redeemed.body}&auth_req_id=b` })).not.toEqual([]);
  });

  it('sees a header, a status, a route, a parameter and a credential that the document does not have', () => {
    const { 'cache-control': _, ...uncached } = redeemed.headers;
    expect(wrongWith({ ...redeemed, headers: uncached })).toEqual([
      'POST /token 200: the answer: the header Cache-Control is missing',
    ]);
    expect(wrongWith({ ...redeemed, headers: { ...redeemed.headers, 'cache-control': 'public' } })).toHaveLength(1);
    expect(wrongWith({ ...redeemed, status: 418 })).toHaveLength(1);
    expect(wrongWith({ ...redeemed, routeKey: 'POST /nowhere', target: '/nowhere' })).not.toEqual([]);
    expect(wrongWith({ ...listed, target: '/admin/users?limit=many' })).toHaveLength(1);
    expect(wrongWith({ ...listed, target: '/admin/users?size=2' })).toHaveLength(1);
    const pending = { routeKey: 'GET /device/requests', method: 'GET', target: '/device/requests' };
    const call = { ...redeemed, ...pending, requestHeaders: {}, answer: '{"requests":[]}' };
    expect(wrongWith(call)).toEqual(['GET /device/requests 200: the call: no scheme of security is met']);
    expect(wrongWith({ ...call, requestHeaders: { authorization: 'Device e30' } })).toEqual([]);
  });

  it('sees a document that lets a changed member pass', () => {
    const loose = JSON.parse(text);
    delete loose.components.schemas.TokenResponse.additionalProperties;
    expect(wrongWith(redeemed, loose)).toEqual(['POST /token 200: answer:  is open without a reason']);
    const vague = JSON.parse(text);
    vague.components.schemas.TokenResponse.properties.scope = { type: ['string', 'integer'] };
    expect(wrongWith(redeemed, vague)).toEqual([
      'POST /token 200: answer with scope of another type: the document lets it pass',
    ]);
  });

  it('leaves out what the provider ignores, and nothing that it has never heard of', () => {
    expect(wrongWith({ ...redeemed, body: `${redeemed.body}&unknown=1&iss=2&binding_message=3` })).toEqual([]);
    expect(wrongWith({ ...redeemed, body: `${redeemed.body}&new_parameter=1` })).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import {
  LIMITED_PATHS,
  MANAGED_RULES,
  RESPONSE_BODIES,
  rulesFor,
  SHIELD_LIMITS,
} from '../../../infra/shield/web-acl-rules.ts';
import { BODY_LIMIT_BYTES } from '../../../provider/edge/http/form-body.ts';
import type { Value } from '../support/synthesized.ts';

const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
const KNOWN = 'arn:known';

type Request = {
  readonly method?: string;
  readonly path: string;
  readonly known?: boolean;
  readonly query?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What AWS WAF does with a path before it compares (its documented transformations). */
const TRANSFORMATIONS: Readonly<Record<string, (path: string) => string>> = {
  URL_DECODE: decodeURIComponent,
  NORMALIZE_PATH: (path) => new URL(path.replaceAll(/\/+/g, '/'), 'https://x').pathname,
  LOWERCASE: (path) => path.toLowerCase(),
};

/** Whether a statement of ours matches. Throws on what it does not know. */
function matches(statement: Value, request: Request): boolean {
  if (statement === undefined) return true;
  const [[kind, value] = []] = Object.entries<Value>(statement);
  switch (kind) {
    case 'andStatement':
      return value.statements.every((one: Value) => matches(one, request));
    case 'orStatement':
      return value.statements.some((one: Value) => matches(one, request));
    case 'notStatement':
      return !matches(value.statement, request);
    case 'ipSetReferenceStatement':
      return value.arn === KNOWN && request.known === true;
    case 'byteMatchStatement': {
      const inOrder = value.textTransformations.toSorted((a: Value, b: Value) => a.priority - b.priority);
      const path = inOrder.reduce((text: string, { type }: Value) => TRANSFORMATIONS[type]?.(text), request.path);
      return value.positionalConstraint === 'STARTS_WITH' && path.startsWith(value.searchString);
    }
    default:
      throw new Error(`no rule for ${kind}`);
  }
}

/** The rules that count a call of a caller, with their limits. */
function countedBy(request: Request, rules: readonly Value[]): Record<string, number> {
  const limits = rules.filter(({ statement }) => statement.rateBasedStatement);
  return Object.fromEntries(
    limits
      .filter(({ statement }) => matches(statement.rateBasedStatement.scopeDownStatement, request))
      .map(({ name, statement }) => [name, statement.rateBasedStatement.limit]),
  );
}

const rules = rulesFor({ certificateArn }, KNOWN);

describe('limits by address', () => {
  it.each([
    ['/bc-authorize', { 'limit-authentication': 300, 'limit-anything': 6000 }],
    ['/bc-authorize/number', { 'limit-authentication': 300, 'limit-anything': 6000 }],
    ['/bc-authorize/resend', { 'limit-authentication': 300, 'limit-anything': 6000 }],
    ['/bc-authorize/withdraw', { 'limit-authentication': 300, 'limit-anything': 6000 }],
    ['/token', { 'limit-token': 3000, 'limit-anything': 6000 }],
    ['/oauth/token', { 'limit-token': 3000, 'limit-anything': 6000 }],
    ['/revoke', { 'limit-token': 3000, 'limit-anything': 6000 }],
    ['/oauth/revoke', { 'limit-token': 3000, 'limit-anything': 6000 }],
    ['/devices', { 'limit-device': 2000, 'limit-anything': 6000 }],
    ['/device/requests/abc/response', { 'limit-device': 2000, 'limit-anything': 6000 }],
    ['/.well-known/jwks.json', { 'limit-anything': 6000 }],
    ['/admin/users', { 'limit-anything': 6000 }],
  ])('count a call to %s in %o', (path, limits) => {
    expect(countedBy({ path }, rules)).toEqual(limits);
  });

  it.each(['/%62c-authorize', '//bc-authorize', '/x/../bc-authorize', '/BC-authorize', '/bc-authorize/'])(
    'count %s as a call to /bc-authorize: what the API might take for it must not be free',
    (path) => {
      expect(countedBy({ path }, rules)).toHaveProperty('limit-authentication');
    },
  );

  it('count every route of the functions that strangers reach, each where it belongs', () => {
    const rulesOf = {
      'backchannel-authentication': 'authentication',
      token: 'token',
      'token-revocation': 'token',
      device: 'device',
    } as const;
    for (const [name, rule] of Object.entries(rulesOf))
      for (const route of functions[name as keyof typeof rulesOf].routes)
        expect(countedBy({ path: route.split(' ')[1] ?? '' }, rules)).toHaveProperty(`limit-${rule}`);
    const others = functionNames.filter((name) => !(name in rulesOf)).flatMap((name) => functions[name].routes);
    for (const route of others)
      expect(Object.keys(countedBy({ path: route.split(' ')[1] ?? '' }, rules))).toEqual(['limit-anything']);
    expect(Object.keys(LIMITED_PATHS)).toEqual(Object.keys(SHIELD_LIMITS));
  });

  it('do not apply to known backends, and to nobody is known without a list', () => {
    expect(countedBy({ path: '/token', known: true }, rules)).toEqual({});
    expect(countedBy({ path: '/token', known: true }, rulesFor({ certificateArn }, undefined))).toHaveProperty(
      'limit-token',
    );
  });

  it('take numbers from the settings, and keep the others', () => {
    const own = rulesFor({ certificateArn, perAddress: { token: 20, device: undefined } }, KNOWN);
    expect(countedBy({ path: '/token' }, own)).toMatchObject({ 'limit-token': 20 });
    expect(countedBy({ path: '/devices' }, own)).toMatchObject({ 'limit-device': 2000 });
  });

  it('count by the address of the connection over five minutes, never by a header that the caller writes', () => {
    for (const { statement } of rules.slice(0, 4) as Value[]) {
      expect(statement.rateBasedStatement).toMatchObject({ aggregateKeyType: 'IP', evaluationWindowSec: 300 });
      expect(statement.rateBasedStatement).not.toHaveProperty('forwardedIpConfig');
    }
  });

  it('answer 429 with Retry-After and a fixed body, as API Gateway’s throttle does', () => {
    for (const { action } of rules.slice(0, 4) as Value[]) {
      const { responseCode, customResponseBodyKey, responseHeaders } = action.block.customResponse;
      expect([responseCode, responseHeaders]).toEqual([429, [{ name: 'Retry-After', value: '60' }]]);
      expect(RESPONSE_BODIES[customResponseBodyKey]?.content).toBe('{"message":"Too Many Requests"}');
    }
  });

  it('let a client poll a hundred logins at once, and a phone network answer three a second, without a list', () => {
    const pollsInFiveMinutes = 10 * (300 / 5) * 5;
    expect(SHIELD_LIMITS.token).toBeGreaterThanOrEqual(pollsInFiveMinutes);
    const callsOfALogin = 2;
    expect(SHIELD_LIMITS.device / callsOfALogin / 300).toBeGreaterThan(3);
  });
});

describe('AWS’s own rules', () => {
  const actionsOf = (mode: 'count' | 'block' | undefined) =>
    (rulesFor({ certificateArn, managedRules: mode }, KNOWN) as Value[])
      .filter(({ statement }) => statement.managedRuleGroupStatement)
      .map(({ overrideAction }) => overrideAction);

  it('only count until the setting lets them block', () => {
    expect(actionsOf(undefined)).toEqual([{ count: {} }, { count: {} }, { count: {} }]);
    expect(actionsOf('count')).toEqual(actionsOf(undefined));
    expect(actionsOf('block')).toEqual([{ none: {} }, { none: {} }, { none: {} }]);
  });

  it('come after the limits, and all rules together stay below the 1,500 capacity units that cost nothing more', () => {
    expect(rules.map(({ priority }) => priority)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    // AWS's documented units of its groups; 2 for a limit, up to 10 and 3 × 10 for a match with transformations, 1 for a set.
    const managed = { AWSManagedRulesAmazonIpReputationList: 25, AWSManagedRulesKnownBadInputsRuleSet: 200 };
    const common = { AWSManagedRulesCommonRuleSet: 700 };
    const units = Object.values({ ...managed, ...common }).reduce((sum, one) => sum + one, 0);
    expect(Object.keys(MANAGED_RULES).toSorted()).toEqual(Object.keys({ ...managed, ...common }).toSorted());
    expect(units + 4 * (2 + 2 * 40 + 1)).toBeLessThan(1500);
  });
});

/** The documented limits of AWSManagedRulesCommonRuleSet, in bytes, and what it wants of headers. */
const COMMON_RULES: Readonly<Record<string, (request: Request) => boolean>> = {
  SizeRestrictions_BODY: ({ body = '' }) => Buffer.byteLength(body) > 8192,
  SizeRestrictions_QUERYSTRING: ({ query = '' }) => Buffer.byteLength(query) > 2048,
  SizeRestrictions_URIPATH: ({ path }) => Buffer.byteLength(path) > 1024,
  SizeRestrictions_Cookie_HEADER: ({ headers = {} }) => Buffer.byteLength(headers['cookie'] ?? '') > 10_240,
  NoUserAgent_HEADER: ({ headers = {} }) => headers['user-agent'] === undefined,
};

describe('our largest valid requests', () => {
  const jws = `${'h'.repeat(100)}.${'p'.repeat(7900)}.${'s'.repeat(190)}`;
  const assertion = 'client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer';
  const requests: Readonly<Record<string, Request>> = {
    'a request with an assertion of the greatest length': {
      path: '/bc-authorize',
      body: `scope=openid&login_hint=${'a'.repeat(512)}&client_assertion=${jws}&${assertion}`,
    },
    'a token request with an assertion of the greatest length': {
      path: '/token',
      body: `grant_type=urn%3Aopenid%3Aparams%3Agrant-type%3Aciba&auth_req_id=${'a'.repeat(43)}&client_assertion=${jws}&${assertion}`,
    },
    'an answer of a phone with the longest JWT': {
      path: `/device/requests/${'r'.repeat(43)}/response`,
      body: JSON.stringify({ response: jws }),
    },
    'a call of a phone with the longest device assertion': {
      path: `/device/requests/${'r'.repeat(43)}`,
      headers: { authorization: `Device ${jws}` },
    },
    'an enrolment with the longest JWT': { path: '/devices', body: JSON.stringify({ enrolment: jws }) },
    'a client with many keys': { path: '/admin/clients', body: 'x'.repeat(BODY_LIMIT_BYTES) },
    'a user with an id of the greatest length, percent-encoded': {
      path: `/admin/users/${'%C3%BC'.repeat(128)}/devices/${'d'.repeat(22)}`,
    },
    'a search by the longest identifier': {
      path: '/admin/users/search',
      body: JSON.stringify({ login_hint: `${'ü'.repeat(243)}@example.com` }),
    },
  };
  const blocking = Object.keys(COMMON_RULES).filter(
    (rule) => !MANAGED_RULES['AWSManagedRulesCommonRuleSet']?.includes(rule),
  );

  it.each(Object.entries(requests))('%s: no documented limit blocks it', (_, request) => {
    const hit = blocking.filter((rule) => COMMON_RULES[rule]?.(request));
    expect(hit).toEqual([]);
  });

  it('would be blocked by the rules that only count whatever the setting says', () => {
    const longest = Object.values(requests);
    for (const rule of MANAGED_RULES['AWSManagedRulesCommonRuleSet'] ?? [])
      expect(longest.some((request) => COMMON_RULES[rule]?.(request))).toBe(true);
    const common = (rulesFor({ certificateArn, managedRules: 'block' }, KNOWN) as Value[]).at(-1);
    expect(common.statement.managedRuleGroupStatement.ruleActionOverrides).toEqual([
      { name: 'SizeRestrictions_BODY', actionToUse: { count: {} } },
      { name: 'NoUserAgent_HEADER', actionToUse: { count: {} } },
    ]);
  });
});

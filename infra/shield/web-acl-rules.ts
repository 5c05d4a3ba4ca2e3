import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { ShieldLimits, ShieldSettings } from '../settings/provider-settings.ts';

/** The time over which calls of an address are counted, in seconds. */
const WINDOW_SECONDS = 300;
/** Calls in that time from one address to anything at all, the documents for verifiers included. */
const ANYTHING = 6000;

/** The limits of one address in five minutes, unless the settings say otherwise. */
export const SHIELD_LIMITS = {
  authentication: 300,
  token: 3000,
  device: 2000,
} as const satisfies Required<ShieldLimits>;
/** What the paths of the routes begin with, by what the routes are for. */
export const LIMITED_PATHS = {
  authentication: ['/bc-authorize'],
  token: ['/token', '/oauth/token', '/revoke', '/oauth/revoke'],
  device: ['/device'],
} as const satisfies Record<keyof ShieldLimits, readonly string[]>;

/**
 * Groups of rules that AWS manages, and rules of theirs that never block, because valid requests match them: a signed
 * request with a client assertion is longer than 8 KB, and OAuth does not ask for a `User-Agent`. The function itself
 * refuses bodies over 64 KB.
 */
export const MANAGED_RULES: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesCommonRuleSet: ['SizeRestrictions_BODY', 'NoUserAgent_HEADER'],
};

/** The name of the body in the answer to a caller over its limit. API Gateway's own throttle answers the same. */
const TOO_MANY = 'TooManyRequests';
export const RESPONSE_BODIES: Readonly<Record<string, CfnWebACL.CustomResponseBodyProperty>> = {
  [TOO_MANY]: { contentType: 'APPLICATION_JSON', content: JSON.stringify({ message: 'Too Many Requests' }) },
};
const TELL: CfnWebACL.RuleActionProperty = {
  block: {
    customResponse: {
      responseCode: 429,
      customResponseBodyKey: TOO_MANY,
      responseHeaders: [{ name: 'Retry-After', value: '60' }],
    },
  },
};

/** Makes the rules in their order. `knownBackends` is the ARN of the set of addresses without limits, if there is one. */
export function rulesFor(
  { perAddress, managedRules }: ShieldSettings,
  knownBackends: string | undefined,
): CfnWebACL.RuleProperty[] {
  const limits = { ...SHIELD_LIMITS, ...withoutUndefined(perAddress) };
  const names = Object.keys(SHIELD_LIMITS) as (keyof ShieldLimits)[];
  const limited = names.map((name) => limitRule(name, limits[name], scopeOf(LIMITED_PATHS[name], knownBackends)));
  const anything = limitRule('anything', ANYTHING, scopeOf([], knownBackends));
  const managed = Object.entries(MANAGED_RULES).map(([name, counting]) =>
    managedRule(name, counting, managedRules ?? 'count'),
  );
  return [...limited, anything, ...managed].map((rule, priority) => ({ ...rule, priority }));
}

type Unordered = Omit<CfnWebACL.RuleProperty, 'priority'>;

function limitRule(
  name: string,
  limit: number,
  scopeDownStatement: CfnWebACL.StatementProperty | undefined,
): Unordered {
  return {
    name: `limit-${name}`,
    action: TELL,
    statement: {
      rateBasedStatement: {
        limit,
        // The address of the connection, which a caller cannot choose. A header with it is not believed.
        aggregateKeyType: 'IP',
        evaluationWindowSec: WINDOW_SECONDS,
        ...(scopeDownStatement && { scopeDownStatement }),
      },
    },
    visibilityConfig: visibleAs(`limit-${name}`),
  };
}

function managedRule(name: string, counting: readonly string[], mode: 'count' | 'block'): Unordered {
  return {
    name,
    overrideAction: mode === 'block' ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counting.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibleAs(name),
  };
}

/** Selects the calls that count: those to one of the paths, or to any, from addresses that are not known. */
function scopeOf(paths: readonly string[], knownBackends: string | undefined): CfnWebACL.StatementProperty | undefined {
  const conditions = [...(paths.length > 0 ? [any(paths.map(beginsWith))] : []), ...unless(knownBackends)];
  return conditions.length > 1 ? { andStatement: { statements: conditions } } : conditions[0];
}

function unless(knownBackends: string | undefined): CfnWebACL.StatementProperty[] {
  if (knownBackends === undefined) return [];
  return [{ notStatement: { statement: { ipSetReferenceStatement: { arn: knownBackends } } } }];
}

function any(statements: CfnWebACL.StatementProperty[]): CfnWebACL.StatementProperty {
  const [only, ...others] = statements;
  return only && others.length === 0 ? only : { orStatement: { statements } };
}

/** Decodes and normalises before it compares, so that `/%74oken` and `//token` count as `/token`. */
function beginsWith(path: string): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: path,
      textTransformations: [
        { priority: 0, type: 'URL_DECODE' },
        { priority: 1, type: 'NORMALIZE_PATH' },
        { priority: 2, type: 'LOWERCASE' },
      ],
    },
  };
}

/** A metric for each rule. No samples: they would show whole headers, and with them credentials. */
export function visibleAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName };
}

function withoutUndefined(limits: ShieldLimits = {}): Partial<Record<keyof ShieldLimits, number>> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

import * as v from 'valibot';
import { type FunctionName, functionNames } from './functions.ts';
import type { CibaProviderProps } from './provider-props.ts';

/** Settings of one stage: what the provider is told, and where it goes. */
export type Settings = CibaProviderProps & {
  /** Part of the stack's name, so several stages fit into one account. */
  readonly stage: string;
  /** Default: the account and region of the credentials at hand. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
};

/** The settings are wrong; the message is one sentence that says what to set. */
export class SettingsError extends Error {}

/** Where SNS has mobile push. https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-push-supported-regions.html */
const PUSH_REGIONS = [
  ...['us-east-1', 'us-west-1', 'us-west-2', 'us-gov-west-1', 'sa-east-1', 'eu-west-1', 'eu-central-1'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
];
/** What CloudWatch Logs accepts. */
const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];
const DAY_SECONDS = 86_400;

const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
const matching = (pattern: RegExp, message: string) => v.pipe(v.string(message), v.regex(pattern, message));
const whole = (least: number, message = `must be a whole number of at least ${least}`) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(least, message));
const arn = (service: string, resource: string, example: string) =>
  matching(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`),
    `must be an ARN like arn:aws:${service}:eu-west-1:111122223333:${example}`,
  );

const hostName = matching(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'must be a host name in lower case like login.example.com, without https:// and without a path',
);
const issuer = matching(/^https:\/\/[^/?#]+\/?$/, 'must be an issuer like https://login.example.com/');
const certificate = arn('acm', 'certificate/.+', 'certificate/…');
const secret = arn('secretsmanager', 'secret:.+', 'secret:…');
const application = (platform: string) => arn('sns', `app/${platform}/.+`, `app/${platform}/…`);
const zone = v.strictObject({
  id: matching(/^Z[A-Z0-9]+$/, 'must be a hosted zone id like Z0123456789ABC'),
  name: hostName,
});
const domain = { name: hostName, certificateArn: certificate, zone: v.optional(zone) };
const perFunction = v.optional(whole(1));
const throttle = v.strictObject({ rate: whole(1), burst: whole(1) });

const schema = v.strictObject({
  stage: matching(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 letters, digits and hyphens in lower case'),
  account: v.optional(matching(/^\d{12}$/, 'must be the twelve digits of an AWS account')),
  region: v.optional(matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region like eu-west-1')),
  domain: v.optional(v.strictObject(domain)),
  mtlsDomain: v.optional(
    v.strictObject({
      ...domain,
      truststore: v.strictObject({ bucket: text, key: text, version: v.optional(text) }),
      ownershipCertificateArn: v.optional(certificate),
    }),
  ),
  previousIssuers: v.optional(v.array(issuer)),
  apns: v.optional(
    v.strictObject({
      secretArn: v.optional(secret),
      credentialVersion: v.optional(text),
      sandbox: v.optional(v.boolean('must be true or false')),
      applicationArn: v.optional(application('APNS')),
      sandboxApplicationArn: v.optional(application('APNS_SANDBOX')),
      bundleId: text,
    }),
  ),
  fcm: v.optional(
    v.strictObject({
      secretArn: v.optional(secret),
      credentialVersion: v.optional(text),
      applicationArn: v.optional(application('GCM')),
    }),
  ),
  removeApplications: v.optional(v.boolean('must be true or false')),
  alarms: v.optional(
    v.strictObject({
      email: v.optional(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an e-mail address')),
      topicArn: v.optional(arn('sns', '[A-Za-z0-9_-]+', 'alarms')),
    }),
  ),
  logRetentionDays: v.optional(
    v.picklist(LOG_RETENTION_DAYS, `must be one of ${LOG_RETENTION_DAYS.join(', ')}: CloudWatch has no other`),
  ),
  auditRetentionDays: v.optional(whole(1)),
  limits: v.optional(
    v.strictObject({
      defaultExpiry: v.optional(whole(1)),
      expiryLimit: v.optional(whole(1)),
      interval: v.optional(whole(1)),
      perUser: v.optional(v.strictObject({ perMinute: whole(1), perHour: whole(1) })),
    }),
  ),
  lifetimes: v.optional(v.strictObject({ idToken: v.optional(whole(1)), accessToken: v.optional(whole(1)) })),
  rotation: v.optional(
    v.strictObject({
      rotateAfter: v.optional(whole(DAY_SECONDS)),
      publishBeforeUse: v.optional(
        whole(DAY_SECONDS, 'must be at least 86400 seconds: API gateways cache keys for hours'),
      ),
      retireFor: v.optional(whole(1)),
    }),
  ),
  acrPolicy: v.optional(v.array(v.strictObject({ acr: text, anyOf: v.array(text) }))),
  bindingMessagePattern: v.optional(v.pipe(text, v.check(isPattern, 'must be a regular expression'))),
  throttles: v.optional(
    v.strictObject({
      authentication: v.optional(throttle),
      token: v.optional(throttle),
      others: v.optional(throttle),
    }),
  ),
  removalPolicy: v.optional(v.picklist(['retain', 'destroy'], 'must be "retain" or "destroy"')),
  deployment: v.optional(v.picklist(['canary', 'allAtOnce'], 'must be "canary" or "allAtOnce"')),
  syntheticLogin: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
  syntheticLoginMinutes: v.optional(v.pipe(whole(5), v.maxValue(60, 'must be at most 60'))),
  reservedConcurrency: v.optional(
    v.strictObject(
      Object.fromEntries(functionNames.map((name) => [name, perFunction])) as Record<FunctionName, typeof perFunction>,
    ),
  ),
  restored: v.optional(v.strictObject({ directoryTable: v.optional(text), transactionsTable: v.optional(text) })),
});

/**
 * Checks settings as read from a file; `source` is named in the message when they are wrong. `regionAtHand` is where the
 * credentials lead, for settings without a region.
 */
export function parseSettings(value: unknown, source: string, regionAtHand?: string): Settings {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw new SettingsError(`${source}: ${sentenceFor(result.issues[0])}.`);
  const settings: Settings = result.output;
  const wrong = conflictIn(settings, settings.region ?? regionAtHand);
  if (wrong) throw new SettingsError(`${source}: ${wrong}.`);
  return settings;
}

/** What no single setting can tell. */
function conflictIn(settings: Settings, region: string | undefined): string | undefined {
  const { domain: main, mtlsDomain, apns, fcm, alarms, limits } = settings;
  if (mtlsDomain && !main)
    return 'set "domain" as well: without it the API keeps its own address, which asks for no certificate';
  if (mtlsDomain && mtlsDomain.name === main?.name) return '"mtlsDomain.name" must differ from "domain.name"';
  if (apns && Boolean(apns.secretArn) === Boolean(apns.applicationArn ?? apns.sandboxApplicationArn))
    return 'set either "apns.secretArn" or "apns.applicationArn" (or "apns.sandboxApplicationArn")';
  if (fcm && Boolean(fcm.secretArn) === Boolean(fcm.applicationArn))
    return 'set either "fcm.secretArn" or "fcm.applicationArn"';
  if (alarms && Boolean(alarms.email) === Boolean(alarms.topicArn))
    return 'set either "alarms.email" or "alarms.topicArn"';
  if ((limits?.defaultExpiry ?? 120) > (limits?.expiryLimit ?? 600))
    return '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"';
  if (region && (apns || fcm) && !PUSH_REGIONS.includes(region))
    return `set "region" to one that has SNS mobile push: ${PUSH_REGIONS.join(', ')}; ${region} has none`;
  return tooFewLogins(settings) ?? foreignArn(settings, region);
}

/** The synthetic user is limited as everybody is, and a deployment needs a login beside those of the schedule. */
function tooFewLogins({ syntheticLogin, syntheticLoginMinutes = 15, limits }: Settings): string | undefined {
  if (syntheticLogin === 'off' || !limits?.perUser) return undefined;
  const least = Math.ceil(60 / syntheticLoginMinutes) + 2;
  if (limits.perUser.perMinute >= 2 && limits.perUser.perHour >= least) return undefined;
  return `set "limits.perUser" to at least 2 a minute and ${least} an hour, which the synthetic login needs, or "syntheticLogin" to "off"`;
}

/** SNS pushes only within a region, and API Gateway takes only certificates of its own. */
function foreignArn(settings: Settings, region: string | undefined): string | undefined {
  const { domain: main, mtlsDomain, apns, fcm } = settings;
  const arns = {
    'domain.certificateArn': main?.certificateArn,
    'mtlsDomain.certificateArn': mtlsDomain?.certificateArn,
    'apns.applicationArn': apns?.applicationArn,
    'apns.sandboxApplicationArn': apns?.sandboxApplicationArn,
    'fcm.applicationArn': fcm?.applicationArn,
  };
  const foreign = Object.entries(arns).find(([, one]) => region && one && one.split(':')[3] !== region);
  return foreign && `"${foreign[0]}" must be in the region of the deployment, ${region}`;
}

function sentenceFor(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'the file';
  if (issue.type !== 'strict_object') return `"${name}" ${issue.message}`;
  if (issue.expected === 'never') return `"${name}" is not a setting: correct its name or take it out`;
  const missing = issue.received === 'undefined' && issue.path !== undefined;
  return missing ? `set "${name}"` : `"${name}" must be an object with settings`;
}

function isPattern(pattern: string): boolean {
  try {
    return Boolean(new RegExp(`^(?:${pattern})$`, 'u'));
  } catch {
    return false;
  }
}

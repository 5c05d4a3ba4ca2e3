import { isIPv4 } from 'node:net';
import * as v from 'valibot';
import { wholeMessagePattern } from '../../provider/core/asking/binding-message.ts';
import { SECRET_DAYS } from '../../provider/core/client/secrets.ts';
import { ACCEPTED_AMR } from '../../provider/core/deciding/device-response.ts';
import { SHORTEST_PUBLICATION_SECONDS } from '../../provider/core/keys/signing-key.ts';
import { forEachFunction } from '../functions/deployed-functions.ts';
import { application, arn, bucket, certificate, matching, operator, secret, stream, text } from './arn-schemas.ts';
import type { CibaProviderProps } from './provider-props.ts';

/** The settings of one stage: those of the provider, and where it is deployed. */
export type Settings = CibaProviderProps & {
  /** Part of the stack's name, so that one account can hold several stages. */
  readonly stage: string;
  /** Default of account and region: those of the current credentials. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
};

/** The numbers of days that CloudWatch Logs accepts. */
const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];
const DAY_SECONDS = 86_400;
const ACR_RULES = 20;
const { leastByDefault, most } = SECRET_DAYS;
const SECRET_DAYS_RANGE = `must be a whole number of days from ${leastByDefault} to ${most}: with fewer the alarm before the end would always be on`;

const whole = (least: number, message = `must be a whole number of at least ${least}`) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(least, message));
const orOff = <Schema extends v.GenericSchema>(limit: Schema) => v.union([v.literal('off'), limit]);
const hostName = matching(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'must be a host name in lower case like login.example.com, without https:// and without a path',
);
const issuer = matching(/^https:\/\/[^/?#]+\/?$/, 'must be an issuer like https://login.example.com/');
const acrRule = v.strictObject({
  acr: text,
  anyOf: v.array(v.picklist(ACCEPTED_AMR, `must be one of ${ACCEPTED_AMR.join(', ')}`), 'must be a list'),
});
const zone = v.strictObject({
  id: matching(/^Z[A-Z0-9]+$/, 'must be a hosted zone id like Z0123456789ABC'),
  name: hostName,
});
const domain = { name: hostName, certificateArn: certificate, zone: v.optional(zone) };
const network = v.pipe(
  v.string('must be a network like 198.51.100.0/24'),
  v.check(isNetwork, 'must be an IPv4 network like 198.51.100.0/24, of at least 8 bits'),
);
/** AWS WAF accepts no lower limit. */
const callsPerAddress = whole(10);
const perFunction = v.optional(whole(1));
const throttle = v.strictObject({ rate: whole(1), burst: whole(1) });

/** AWS takes 50 tags on a resource. Some are ours, and some services add their own. */
const MOST_TAGS = 40;
const differInMoreThanCase = (names: readonly string[]) =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length;
const tags = v.pipe(
  v.record(
    matching(
      /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu,
      'must be a name of 1 to 128 letters, digits, spaces and _.:/=+-@ that does not begin with "aws:"',
    ),
    matching(/^[\p{L}\p{N} _.:/=+@-]{1,256}$/u, 'must be 1 to 256 letters, digits, spaces and _.:/=+-@'),
    'must be an object with texts',
  ),
  v.check((own) => Object.keys(own).length <= MOST_TAGS, `must be at most ${MOST_TAGS}`),
  v.check((own) => differInMoreThanCase(Object.keys(own)), 'must have names that differ in more than their case'),
);

/** The form of every setting. `settings-conflicts.ts` checks how they fit together. */
const alarmReceiver = {
  email: v.optional(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an e-mail address')),
  topicArn: v.optional(arn('sns', '[A-Za-z0-9_-]+', 'alarms')),
};

export const settingsSchema = v.strictObject({
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
  shield: v.optional(
    v.strictObject({
      certificateArn: certificate,
      origin: v.optional(v.picklist(['closed', 'open'], 'must be "closed" or "open"')),
      knownBackends: v.optional(v.array(network, 'must be a list')),
      perAddress: v.optional(
        v.strictObject({
          authentication: v.optional(callsPerAddress),
          token: v.optional(callsPerAddress),
          device: v.optional(callsPerAddress),
        }),
      ),
      managedRules: v.optional(v.picklist(['count', 'block'], 'must be "count" or "block"')),
    }),
  ),
  previousIssuers: v.optional(v.array(issuer, 'must be a list')),
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
      ...alarmReceiver,
      page: v.optional(v.strictObject(alarmReceiver)),
      concurrentExecutions: v.optional(whole(10)),
      monthlyBudget: v.optional(whole(1)),
      runbookUrl: v.optional(
        matching(/^https:\/\/[^\s#]+$/, 'must be the https address of your copy of docs/operations.md'),
      ),
    }),
  ),
  tracing: v.optional(
    v.strictObject({
      layerArn: matching(
        /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$/,
        'must be the ARN of a version of a layer',
      ),
      wrapper: v.optional(matching(/^\/opt\/[\w./-]+$/, 'must be a path under /opt')),
      variables: v.optional(
        v.record(matching(/^OTEL_[A-Z0-9_]+$/, 'must be the name of a variable that begins with OTEL_'), v.string()),
      ),
    }),
  ),
  tags: v.optional(tags),
  logRetentionDays: v.optional(
    v.picklist(
      LOG_RETENTION_DAYS,
      `must be one of ${LOG_RETENTION_DAYS.join(', ')}: CloudWatch accepts no other number`,
    ),
  ),
  accessLogClass: v.optional(v.picklist(['infrequentAccess', 'standard'], 'must be "infrequentAccess" or "standard"')),
  auditOutage: v.optional(v.picklist(['refuse', 'proceed'])),
  auditRetentionDays: v.optional(whole(1)),
  auditLock: v.optional(v.picklist(['governance', 'compliance'], 'must be "governance" or "compliance"')),
  auditCopy: v.optional(
    v.strictObject({
      bucketArn: bucket,
      account: matching(/^\d{12}$/, 'must be the twelve digits of an AWS account'),
    }),
  ),
  backups: v.optional(
    v.strictObject({
      vaultArn: arn('backup', 'backup-vault:[A-Za-z0-9_-]{2,50}', 'backup-vault:ciba'),
      retentionDays: v.optional(whole(1)),
    }),
  ),
  events: v.optional(
    v.strictObject({ busArn: v.optional(arn('events', 'event-bus/[A-Za-z0-9._/-]{1,256}', 'event-bus/logins')) }),
  ),
  limits: v.optional(
    v.strictObject({
      defaultExpiry: v.optional(whole(1)),
      expiryLimit: v.optional(whole(1)),
      interval: v.optional(whole(1)),
      perUser: v.optional(v.strictObject({ perMinute: whole(1), perHour: whole(1) })),
      perClient: v.optional(orOff(whole(1))),
      unknownUsers: v.optional(orOff(whole(1))),
      denialPause: v.optional(orOff(v.strictObject({ first: whole(1), longest: whole(1) }))),
      fraudBlocks: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      oneOpenRequest: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      concealUsers: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      messageWhileOpen: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
    }),
  ),
  lifetimes: v.optional(v.strictObject({ idToken: v.optional(whole(1)), accessToken: v.optional(whole(1)) })),
  clientSecretDays: v.optional(v.pipe(whole(leastByDefault, SECRET_DAYS_RANGE), v.maxValue(most, SECRET_DAYS_RANGE))),
  rotation: v.optional(
    v.strictObject({
      rotateAfter: v.optional(whole(DAY_SECONDS)),
      publishBeforeUse: v.optional(
        whole(
          SHORTEST_PUBLICATION_SECONDS,
          `must be at least ${SHORTEST_PUBLICATION_SECONDS} seconds: API gateways cache keys for hours`,
        ),
      ),
      retireFor: v.optional(whole(1)),
    }),
  ),
  acrPolicy: v.optional(
    v.pipe(v.array(acrRule, 'must be a list'), v.maxLength(ACR_RULES, `must have at most ${ACR_RULES} rules`)),
  ),
  bindingMessagePattern: v.optional(v.pipe(text, v.check(isPattern, 'must be a regular expression'))),
  bindingMessages: v.optional(v.picklist(['standard', 'strict'], 'must be "standard" or "strict"')),
  operators: v.optional(
    v.pipe(v.array(operator, 'must be a list'), v.minLength(1, 'must name at least one operator, or be left out')),
  ),
  notificationPorts: v.optional(
    v.array(v.pipe(whole(1), v.maxValue(65_535, 'must be at most 65535')), 'must be a list'),
  ),
  throttles: v.optional(
    v.strictObject({
      authentication: v.optional(throttle),
      token: v.optional(throttle),
      device: v.optional(throttle),
      others: v.optional(throttle),
    }),
  ),
  removalPolicy: v.optional(v.picklist(['retain', 'destroy'], 'must be "retain" or "destroy"')),
  deployment: v.optional(v.picklist(['canary', 'allAtOnce'], 'must be "canary" or "allAtOnce"')),
  syntheticLogin: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
  syntheticLoginMinutes: v.optional(v.pipe(whole(5), v.maxValue(60, 'must be at most 60'))),
  reservedConcurrency: v.optional(v.strictObject(forEachFunction(() => perFunction))),
  restored: v.optional(
    v.strictObject({
      directoryTable: v.optional(text),
      transactionsTable: v.optional(text),
      directoryStreamArn: v.optional(stream),
      transactionsStreamArn: v.optional(stream),
    }),
  ),
});

/** Whether a text is a network as AWS WAF accepts it: IPv4, with a prefix of 8 to 32 bits. */
function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) >= 8 && Number(bits) <= 32 && more.length === 0;
}

function isPattern(pattern: string): boolean {
  try {
    return Boolean(wholeMessagePattern(pattern));
  } catch {
    return false;
  }
}

import * as v from 'valibot';
import { SECRET_DAYS } from '../../provider/core/client/secrets.ts';
import { SHORTEST_PUBLICATION_SECONDS } from '../../provider/core/keys/signing-key.ts';
import { forEachFunction } from '../functions/deployed-functions.ts';
import { application, arn, bucket, certificate, matching, operator, secret, stream, text } from './arn-schemas.ts';
import {
  acrRule,
  alarmReceiver,
  callsPerAddress,
  days,
  domain,
  hintIssuer,
  issuer,
  LOG_RETENTION_DAYS,
  messagePattern,
  minutes,
  network,
  orOff,
  seconds,
  tags,
  throttle,
  whole,
} from './setting-forms.ts';

const DAY_SECONDS = 86_400;
const ACR_RULES = 20;
const HINT_ISSUERS = 5;
const { leastByDefault, most } = SECRET_DAYS;
const SECRET_DAYS_RANGE = `must be a whole number of days from ${leastByDefault} to ${most}: with fewer the alarm before the end would always be on`;
const alarmChange = v.strictObject({
  threshold: v.optional(v.number('must be a number')),
  actions: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
});
const MEGABYTES = 'must be a whole number of megabytes from 128 to 10240';
const memory = v.pipe(whole(128, MEGABYTES), v.maxValue(10_240, MEGABYTES));

/**
 * The form of every setting of the provider, with texts and numbers, as in a settings file. `settings-conflicts.ts`
 * checks how they fit together. `infra/props/` says what each means.
 */
export const providerSchema = v.strictObject({
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
      changes: v.optional(v.record(text, alarmChange, 'must be an object with names of alarms')),
      concurrentExecutions: v.optional(whole(10)),
      monthlyBudget: v.optional(whole(1)),
      runbookUrl: v.optional(
        matching(/^https:\/\/[^\s#]+$/, 'must be the https address of your copy of docs/operations.md'),
      ),
    }),
  ),
  dashboards: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
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
  auditOutage: v.optional(v.picklist(['refuse', 'proceed'], 'must be "refuse" or "proceed"')),
  auditRetentionDays: v.optional(days(1)),
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
      retentionDays: v.optional(days(1)),
    }),
  ),
  events: v.optional(
    v.strictObject({ busArn: v.optional(arn('events', 'event-bus/[A-Za-z0-9._/-]{1,256}', 'event-bus/logins')) }),
  ),
  limits: v.optional(
    v.strictObject({
      defaultExpiry: v.optional(seconds(1)),
      expiryLimit: v.optional(seconds(1)),
      interval: v.optional(seconds(1)),
      perUser: v.optional(v.strictObject({ perMinute: whole(1), perHour: whole(1), longPerDay: v.optional(whole(1)) })),
      perClient: v.optional(orOff(whole(1))),
      unknownUsers: v.optional(orOff(whole(1))),
      wrongUserCodes: v.optional(whole(1)),
      denialPause: v.optional(orOff(v.strictObject({ first: seconds(1), longest: seconds(1) }))),
      fraudBlocks: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      oneOpenRequest: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      concealUsers: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      messageWhileOpen: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
      reminders: v.optional(v.picklist(['on', 'off'], 'must be "on" or "off"')),
    }),
  ),
  lifetimes: v.optional(v.strictObject({ idToken: v.optional(seconds(1)), accessToken: v.optional(seconds(1)) })),
  clientSecretDays: v.optional(v.pipe(whole(leastByDefault, SECRET_DAYS_RANGE), v.maxValue(most, SECRET_DAYS_RANGE))),
  rotation: v.optional(
    v.strictObject({
      rotateAfter: v.optional(seconds(DAY_SECONDS)),
      publishBeforeUse: v.optional(
        whole(
          SHORTEST_PUBLICATION_SECONDS,
          `must be at least ${SHORTEST_PUBLICATION_SECONDS} seconds: API gateways cache keys for hours`,
        ),
      ),
      retireFor: v.optional(seconds(1)),
    }),
  ),
  loginHintTokenIssuers: v.optional(
    v.pipe(
      v.array(hintIssuer, 'must be a list'),
      v.maxLength(HINT_ISSUERS, `must have at most ${HINT_ISSUERS} issuers`),
    ),
  ),
  acrPolicy: v.optional(
    v.pipe(v.array(acrRule, 'must be a list'), v.maxLength(ACR_RULES, `must have at most ${ACR_RULES} rules`)),
  ),
  bindingMessagePattern: v.optional(messagePattern),
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
  syntheticLoginMinutes: v.optional(v.pipe(minutes(5), v.maxValue(60, 'must be at most 60 minutes'))),
  reservedConcurrency: v.optional(v.strictObject(forEachFunction(() => v.optional(whole(1))))),
  memoryMegabytes: v.optional(v.strictObject(forEachFunction(() => v.optional(memory)))),
  restored: v.optional(
    v.strictObject({
      directoryTable: v.optional(text),
      transactionsTable: v.optional(text),
      directoryStreamArn: v.optional(stream),
      transactionsStreamArn: v.optional(stream),
    }),
  ),
});

/** The form of a settings file: the settings of the provider, and where it is deployed. */
export const settingsSchema = v.strictObject({
  ...providerSchema.entries,
  // Part of the stack's name, so that one account can hold several stages.
  stage: matching(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 letters, digits and hyphens in lower case'),
  // Default of both: the place of the current credentials.
  account: v.optional(matching(/^\d{12}$/, 'must be the twelve digits of an AWS account')),
  region: v.optional(matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region like eu-west-1')),
});

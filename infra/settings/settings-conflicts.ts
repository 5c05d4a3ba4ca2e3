import { LONGEST_EXPIRY_SECONDS } from '../../provider/core/asking/expiry.ts';
import { CLOCK_LEEWAY_SECONDS } from '../../provider/core/clock-leeway.ts';
import { KEY_CACHE_SECONDS } from '../../provider/core/keys/signing-key.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import { functionNames, functions } from '../functions/deployed-functions.ts';
import { environmentFrom, environmentOf } from '../functions/environment.ts';
import { INSTANCES_RANGE } from '../notifications/queue-limits.ts';
import { isKnown, type Place, placeOf } from './known-place.ts';
import type { AlarmReceiver, ProviderSettings } from './provider-settings.ts';

/** The most bytes of variables that Lambda accepts, names included, as one JSON text. */
const ENVIRONMENT_BYTES = 4096;
/** Firehose allows names of 64 characters. */
const LONGEST_STREAM_NAME = 64;
/** A hundred years. */
const LONGEST_LOCK_DAYS = 36_500;
/** Longer than any name or ARN that CloudFormation makes. */
const LONGEST_GENERATED_NAME = 'x'.repeat(150);

/** Finds settings that contradict each other. Returns a sentence that says what to change, or undefined. */
export function conflictIn(settings: ProviderSettings, place: Place): string | undefined {
  return (
    domainConflict(settings) ??
    shieldConflict(settings, place) ??
    pushConflict(settings) ??
    alarmsConflict(settings) ??
    limitsConflict(settings) ??
    notificationsConflict(settings) ??
    throttleConflict(settings) ??
    rotationConflict(settings) ??
    restoredTablesConflict(settings) ??
    auditLockConflict(settings) ??
    auditCopyConflict(settings, place) ??
    backupsConflict(settings, place) ??
    placeConflict(settings, place) ??
    environmentConflict(settings)
  );
}

function domainConflict({ domain, mtlsDomain }: ProviderSettings): string | undefined {
  if (mtlsDomain && !domain)
    return 'set "domain" as well: without it the API keeps its own address, which demands no client certificate';
  if (mtlsDomain && mtlsDomain.name === domain?.name) return '"mtlsDomain.name" must differ from "domain.name"';
  for (const [setting, one] of Object.entries({ domain, mtlsDomain })) {
    if (one?.zone && isKnown(one.name, one.zone.name) && !`.${one.name}`.endsWith(`.${one.zone.name}`))
      return `"${setting}.zone.name" must be ${one.name} or a parent of it: the record is made in that zone`;
  }
  return undefined;
}

/** The region in which CloudFront's certificates and its web ACLs are. */
const CLOUDFRONT_REGION = 'us-east-1';

/** Checks what the shield needs: a name of the deployment's own, and a place that is known before it is deployed. */
function shieldConflict({ domain, shield }: ProviderSettings, { account, region }: Place): string | undefined {
  if (!shield) return undefined;
  if (!domain) return 'set "domain" as well: CloudFront and the API must be called by the same name';
  const { partition, region: itsRegion, account: itsAccount } = placeOf(shield.certificateArn);
  if (itsRegion && itsRegion !== CLOUDFRONT_REGION)
    return `"shield.certificateArn" must be in ${CLOUDFRONT_REGION}: CloudFront takes certificates from no other region`;
  if (!account || !region)
    return 'give the stack an account and a region ("account" and "region" of a settings file): "shield" adds a stack in another region, and the two refer to each other';
  if (itsAccount && itsAccount !== account)
    return `"shield.certificateArn" must be in the account of the deployment, ${account}`;
  return !partition || partition === 'aws'
    ? undefined
    : 'remove "shield": CloudFront offers client certificates for origins in the partition aws alone';
}

function pushConflict({ apns, fcm }: ProviderSettings): string | undefined {
  if (apns && Boolean(apns.secretArn) === Boolean(apns.applicationArn ?? apns.sandboxApplicationArn))
    return 'set either "apns.secretArn" or "apns.applicationArn" (or "apns.sandboxApplicationArn")';
  if (apns?.sandbox && !apns.secretArn && !apns.sandboxApplicationArn)
    return 'set "apns.sandboxApplicationArn" instead of "apns.sandbox", which makes an application from "apns.secretArn"';
  if (fcm && Boolean(fcm.secretArn) === Boolean(fcm.applicationArn))
    return 'set either "fcm.secretArn" or "fcm.applicationArn"';
  return undefined;
}

function alarmsConflict({ alarms }: ProviderSettings): string | undefined {
  for (const [setting, receiver] of Object.entries({ alarms, 'alarms.page': alarms?.page }))
    if (receiver && Boolean(receiver.email) === Boolean(receiver.topicArn) && !isOfChanges(receiver))
      return `set either "${setting}.email" or "${setting}.topicArn"`;
  if (alarms?.monthlyBudget !== undefined && !alarms.email && !alarms.page?.email)
    return 'set "alarms.email" or "alarms.page.email": "alarms.monthlyBudget" is told by e-mail';
  return undefined;
}

/** Whether somebody else receives the alarms, and the settings only change them. */
function isOfChanges({ email, topicArn, ...others }: AlarmReceiver): boolean {
  return !email && !topicArn && 'changes' in others;
}

function limitsConflict({ limits }: ProviderSettings): string | undefined {
  const { defaultExpiry = DEFAULTS.expirySeconds, expiryLimit = DEFAULTS.expiryLimitSeconds, perUser } = limits ?? {};
  if (limits?.concealUsers === 'on' && (limits.oneOpenRequest === 'on' || limits.messageWhileOpen === 'on'))
    return '"limits.concealUsers" excludes "limits.oneOpenRequest" and "limits.messageWhileOpen": these would tell whether two names are of one person';
  if (expiryLimit > LONGEST_EXPIRY_SECONDS)
    return `"limits.expiryLimit" must be at most ${LONGEST_EXPIRY_SECONDS} seconds, which are 72 hours`;
  if (defaultExpiry > expiryLimit) return '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"';
  if ((limits?.interval ?? DEFAULTS.intervalSeconds) > expiryLimit)
    return '"limits.interval" must not be longer than "limits.expiryLimit": no client could poll in time';
  if (perUser && perUser.perHour < perUser.perMinute)
    return '"limits.perUser.perHour" must not be less than "limits.perUser.perMinute"';
  const pause = limits?.denialPause;
  if (typeof pause === 'object' && pause.longest < pause.first)
    return '"limits.denialPause.longest" must not be less than "limits.denialPause.first"';
  return undefined;
}

/** Checks a limit of the queue of pings, which Lambda would report in the middle of a deployment. */
function notificationsConflict({ reservedConcurrency }: ProviderSettings): string | undefined {
  const { least } = INSTANCES_RANGE;
  return (reservedConcurrency?.['client-notification'] ?? least) < least
    ? `set "reservedConcurrency.client-notification" to at least ${least}: Lambda accepts no lower limit for a function that reads from a queue`
    : undefined;
}

function throttleConflict({ throttles = {} }: ProviderSettings): string | undefined {
  const wrong = Object.entries(throttles).find(([, one]) => one && one.burst < one.rate);
  return wrong && `"throttles.${wrong[0]}.burst" must not be less than "throttles.${wrong[0]}.rate"`;
}

/** Checks that a retired key stays published until the last token expires that a function signed with a cached key. */
function rotationConflict({ lifetimes, rotation }: ProviderSettings): string | undefined {
  const { idToken = DEFAULTS.idTokenSeconds, accessToken = DEFAULTS.accessTokenSeconds } = lifetimes ?? {};
  const longest = Math.max(idToken, accessToken);
  const least = longest + KEY_CACHE_SECONDS + CLOCK_LEEWAY_SECONDS;
  if ((rotation?.retireFor ?? DEFAULTS.retireForSeconds) >= least) return undefined;
  return `set "rotation.retireFor" to at least ${least} seconds: a token lives ${longest} seconds, and its key must stay published for longer than that`;
}

function restoredTablesConflict({ restored = {}, events }: ProviderSettings): string | undefined {
  if (restored.directoryTable && restored.directoryTable === restored.transactionsTable)
    return '"restored.directoryTable" and "restored.transactionsTable" must be two different tables';
  for (const role of ['directory', 'transactions'] as const) {
    const [table, stream] = [restored[`${role}Table`], restored[`${role}StreamArn`]];
    if (stream && (!table || (isKnown(stream, table) && stream.split(/[:/]/)[6] !== table)))
      return `"restored.${role}StreamArn" must be the stream of the table in "restored.${role}Table"`;
    if (events && table && !stream)
      return `set "restored.${role}StreamArn": events are read from the stream of the restored table, or remove "events"`;
  }
  return undefined;
}

/** Checks that there is a bucket to lock, and that S3 can lock for so long. */
function auditLockConflict({ auditLock, auditRetentionDays = 1, removalPolicy }: ProviderSettings): string | undefined {
  if (!auditLock) return undefined;
  if (removalPolicy === 'destroy')
    return 'set "removalPolicy" to "retain" or remove "auditLock": a stage that is deleted with its data has no audit bucket';
  return auditRetentionDays > LONGEST_LOCK_DAYS
    ? `"auditRetentionDays" must be at most ${LONGEST_LOCK_DAYS} with "auditLock": S3 locks no object for longer`
    : undefined;
}

/** Checks that there is a bucket to copy, and that the copies leave the account. */
function auditCopyConflict({ auditCopy, removalPolicy }: ProviderSettings, { account }: Place): string | undefined {
  if (!auditCopy) return undefined;
  if (removalPolicy === 'destroy')
    return 'set "removalPolicy" to "retain" or remove "auditCopy": a stage that is deleted with its data has no audit bucket';
  return auditCopy.account === account
    ? '"auditCopy.account" must be another account: whoever takes over this one could delete the copies too'
    : undefined;
}

/** Checks that copies of backups leave the account or the region. A stage that is deleted with its data needs none. */
function backupsConflict({ backups, removalPolicy }: ProviderSettings, { account, region }: Place): string | undefined {
  if (!backups) return undefined;
  if (removalPolicy === 'destroy')
    return 'set "removalPolicy" to "retain" or remove "backups": what a stage deletes with itself is not worth a copy';
  const its = placeOf(backups.vaultArn);
  return isKnown(backups.vaultArn) && its.region === region && its.account === account
    ? '"backups.vaultArn" must be in another account or in another region: here a copy would be lost with the table'
    : undefined;
}

/**
 * Checks that ARNs are in the account and region of the deployment. SNS and CloudWatch work within one region, API
 * Gateway only accepts certificates of its own region, and roles only reach their own account. An event bus may be in
 * another account, whose policy lets this one in.
 */
function placeConflict(settings: ProviderSettings, { account, region }: Place): string | undefined {
  const { domain, mtlsDomain, apns, fcm, alarms, events, restored } = settings;
  const arns = {
    'domain.certificateArn': domain?.certificateArn,
    'mtlsDomain.certificateArn': mtlsDomain?.certificateArn,
    'mtlsDomain.ownershipCertificateArn': mtlsDomain?.ownershipCertificateArn,
    'apns.secretArn': apns?.secretArn,
    'apns.applicationArn': apns?.applicationArn,
    'apns.sandboxApplicationArn': apns?.sandboxApplicationArn,
    'fcm.secretArn': fcm?.secretArn,
    'fcm.applicationArn': fcm?.applicationArn,
    'alarms.topicArn': alarms?.topicArn,
    'restored.directoryStreamArn': restored?.directoryStreamArn,
    'restored.transactionsStreamArn': restored?.transactionsStreamArn,
    'events.busArn': events?.busArn,
    'alarms.page.topicArn': alarms?.page?.topicArn,
  };
  for (const [setting, arn] of Object.entries(arns)) {
    const { region: itsRegion, account: itsAccount } = placeOf(arn);
    if (itsRegion && region && itsRegion !== region)
      return `"${setting}" must be in the region of the deployment, ${region}`;
    if (itsAccount && account && itsAccount !== account && setting !== 'events.busArn')
      return `"${setting}" must be in the account of the deployment, ${account}`;
  }
  return undefined;
}

/**
 * Checks that the variables of each function fit. CloudFormation would report that only in the middle of a deployment.
 */
function environmentConflict(settings: ProviderSettings): string | undefined {
  const { domain, apns, fcm, restored } = settings;
  const values = environmentFrom({
    issuer: `https://${domain?.name ?? LONGEST_GENERATED_NAME}/`,
    tableNames: {
      directory: restored?.directoryTable ?? LONGEST_GENERATED_NAME,
      transactions: restored?.transactionsTable ?? LONGEST_GENERATED_NAME,
    },
    signingKmsKeyArn: LONGEST_GENERATED_NAME,
    notifications: { topicArn: LONGEST_GENERATED_NAME, queueUrl: LONGEST_GENERATED_NAME },
    deadLetters: { queueUrl: LONGEST_GENERATED_NAME },
    applicationArns: {
      ...(apns && { APNS: apns.applicationArn ?? LONGEST_GENERATED_NAME }),
      ...(apns && { APNS_SANDBOX: apns.sandboxApplicationArn ?? LONGEST_GENERATED_NAME }),
      ...(fcm && { GCM: fcm.applicationArn ?? LONGEST_GENERATED_NAME }),
    },
    metricsNamespace: LONGEST_GENERATED_NAME,
    auditStreamName: LONGEST_GENERATED_NAME.slice(0, LONGEST_STREAM_NAME),
    settings,
  });
  const sizes = functionNames.map((name) => {
    const bytes = Buffer.byteLength(JSON.stringify(environmentOf(functions[name], values)));
    return { name, bytes };
  });
  const full = sizes.find(({ bytes }) => bytes > ENVIRONMENT_BYTES);
  return (
    full &&
    `shorten "previousIssuers", "acrPolicy", "loginHintTokenIssuers" or "bindingMessagePattern": the function ${full.name} has ${full.bytes} bytes of variables, and Lambda accepts at most ${ENVIRONMENT_BYTES}`
  );
}

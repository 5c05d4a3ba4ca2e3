import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type {
  AlarmReceiver,
  CibaProviderProps,
  DomainProps,
  RequestLimits,
  RestoredTable,
  ShieldProps,
} from '../index.ts';
import type {
  DomainSettings,
  LimitSettings,
  ProviderSettings,
  AlarmReceiver as ReceiverSettings,
  ShieldSettings,
} from './provider-settings.ts';

/**
 * Turns the settings of a file into properties of the construct, as an app of your own would write them. It needs no
 * stack: the construct takes the name or the ARN of what exists, not the thing.
 */
export function propsOf(settings: ProviderSettings): CibaProviderProps {
  const { logRetentionDays, auditRetentionDays, clientSecretDays, syntheticLoginMinutes, ...others } = settings;
  const { apns, fcm, tracing, limits, lifetimes, rotation, removalPolicy } = settings;
  return {
    ...others,
    logRetention: logRetentionDays,
    auditRetention: days(auditRetentionDays),
    clientSecretLifetime: days(clientSecretDays),
    syntheticLoginInterval: minutes(syntheticLoginMinutes),
    ...placesOf(settings),
    ...storageOf(settings),
    apns: apns && withSecret(apns),
    fcm: fcm && withSecret(fcm),
    alarms: alarmsOf(settings),
    tracing: tracing && {
      layer: { layerVersionArn: tracing.layerArn },
      wrapper: tracing.wrapper,
      variables: tracing.variables,
    },
    limits: limits && limitsOf(limits),
    lifetimes: lifetimes && { idToken: seconds(lifetimes.idToken), accessToken: seconds(lifetimes.accessToken) },
    rotation: rotation && {
      rotateAfter: seconds(rotation.rotateAfter),
      publishBeforeUse: seconds(rotation.publishBeforeUse),
      retireFor: seconds(rotation.retireFor),
    },
    removalPolicy: removalPolicy && (removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN),
  };
}

function placesOf({ domain, mtlsDomain, shield }: ProviderSettings) {
  return {
    domain: domain && domainOf(domain),
    mtlsDomain: mtlsDomain && {
      ...domainOf(mtlsDomain),
      truststore: { ...mtlsDomain.truststore, bucket: { bucketName: mtlsDomain.truststore.bucket } },
      ownershipCertificate: certificateOf(mtlsDomain.ownershipCertificateArn),
    },
    shield: shield && shieldOf(shield),
  };
}

function shieldOf({ certificateArn, ...others }: ShieldSettings): ShieldProps {
  return { ...others, certificate: { certificateArn } };
}

function domainOf({ name, certificateArn, zone }: DomainSettings): DomainProps {
  return {
    name,
    certificate: { certificateArn },
    zone: zone && { hostedZoneId: zone.id, zoneName: zone.name },
  };
}

function certificateOf(certificateArn: string | undefined) {
  return certificateArn === undefined ? undefined : { certificateArn };
}

function storageOf({ auditCopy, backups, events, restored }: ProviderSettings) {
  return {
    auditCopy: auditCopy && { account: auditCopy.account, bucket: { bucketArn: auditCopy.bucketArn } },
    backups: backups && { vault: { backupVaultArn: backups.vaultArn }, retention: days(backups.retentionDays) },
    events: events && { bus: events.busArn === undefined ? undefined : { eventBusArn: events.busArn } },
    restored: restored && {
      directoryTable: tableOf(restored.directoryTable, restored.directoryStreamArn),
      transactionsTable: tableOf(restored.transactionsTable, restored.transactionsStreamArn),
    },
  };
}

function tableOf(tableName: string | undefined, tableStreamArn: string | undefined): RestoredTable | undefined {
  return tableName === undefined ? undefined : { tableName, tableStreamArn };
}

function alarmsOf({ alarms }: ProviderSettings): CibaProviderProps['alarms'] {
  if (!alarms) return undefined;
  const { email, topicArn, page, ...others } = alarms;
  return { ...others, ...receiverOf({ email, topicArn }), page: page && receiverOf(page) };
}

function receiverOf({ email, topicArn }: ReceiverSettings): AlarmReceiver {
  return { email, topic: topicArn === undefined ? undefined : { topicArn } };
}

function withSecret<Of extends { readonly secretArn?: string | undefined }>({ secretArn, ...others }: Of) {
  return { ...others, secret: secretArn === undefined ? undefined : { secretArn } };
}

function limitsOf({ defaultExpiry, expiryLimit, interval, denialPause, ...others }: LimitSettings): RequestLimits {
  const pause =
    typeof denialPause === 'object'
      ? { first: Duration.seconds(denialPause.first), longest: Duration.seconds(denialPause.longest) }
      : denialPause;
  return {
    ...others,
    defaultExpiry: seconds(defaultExpiry),
    expiryLimit: seconds(expiryLimit),
    interval: seconds(interval),
    denialPause: pause,
  };
}

function seconds(amount: number | undefined): Duration | undefined {
  return amount === undefined ? undefined : Duration.seconds(amount);
}

function minutes(amount: number | undefined): Duration | undefined {
  return amount === undefined ? undefined : Duration.minutes(amount);
}

function days(amount: number | undefined): Duration | undefined {
  return amount === undefined ? undefined : Duration.days(amount);
}

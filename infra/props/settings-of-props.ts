import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ProviderSettings } from '../settings/provider-settings.ts';
import type { AlarmProps, AlarmReceiver } from './alarm-props.ts';
import type { DomainProps, MtlsDomainProps } from './domain-props.ts';
import type { DenialPause, KeyRotation, RequestLimits } from './limit-props.ts';
import type { CibaProviderProps } from './provider-props.ts';
import type { RestoredProps, RestoredTable } from './storage-props.ts';
import { daysOf, memberOf, minutesOf, secondsOf, within } from './unchecked.ts';

/** Settings that nobody has checked yet. */
type Unchecked<Of> = Of extends object ? { readonly [Name in keyof Of]: Unchecked<Of[Name]> } : Of;

/**
 * Turns properties into settings: constructs into names and ARNs, times into numbers. It checks nothing. A property that
 * is not known, or has a value of another type than it should, stays as it is, and the schema of the settings refuses it.
 */
export function settingsOf(props: CibaProviderProps): Unchecked<ProviderSettings> {
  const { logRetention, auditRetention, clientSecretLifetime, syntheticLoginInterval, ...others } = props;
  return {
    ...others,
    logRetentionDays: logRetention,
    auditRetentionDays: daysOf(auditRetention),
    clientSecretDays: daysOf(clientSecretLifetime),
    syntheticLoginMinutes: minutesOf(syntheticLoginInterval),
    ...placesOf(props),
    ...storageOf(props),
    apns: within(props.apns, ({ secret, ...more }) => ({ ...more, secretArn: memberOf(secret, 'secretArn') })),
    fcm: within(props.fcm, ({ secret, ...more }) => ({ ...more, secretArn: memberOf(secret, 'secretArn') })),
    alarms: within(props.alarms, alarmsOf),
    tracing: within(props.tracing, ({ layer, ...more }) => ({
      ...more,
      layerArn: memberOf(layer, 'layerVersionArn'),
    })),
    limits: within(props.limits, limitsOf),
    lifetimes: within(props.lifetimes, ({ idToken, accessToken, ...more }) => ({
      ...more,
      idToken: secondsOf(idToken),
      accessToken: secondsOf(accessToken),
    })),
    rotation: within(props.rotation, rotationOf),
  };
}

/** Returns where callers reach the provider. */
function placesOf({ domain, mtlsDomain, shield }: CibaProviderProps) {
  return {
    domain: within(domain, domainOf),
    mtlsDomain: within(mtlsDomain, ({ truststore, ownershipCertificate, ...more }: MtlsDomainProps) => ({
      ...domainOf(more),
      truststore: within(truststore, ({ bucket, ...of }) => ({ ...of, bucket: memberOf(bucket, 'bucketName') })),
      ownershipCertificateArn: memberOf(ownershipCertificate, 'certificateArn'),
    })),
    shield: within(shield, ({ certificate, ...more }) => ({
      ...more,
      certificateArn: memberOf(certificate, 'certificateArn'),
    })),
  };
}

function domainOf({ certificate, zone, ...more }: DomainProps) {
  return {
    ...more,
    certificateArn: memberOf(certificate, 'certificateArn'),
    // A zone of CDK has many more members, so the rest is left out.
    zone: within(zone, ({ hostedZoneId, zoneName }) => ({ id: hostedZoneId, name: zoneName })),
  };
}

/** Returns what is kept elsewhere. */
function storageOf({ auditCopy, backups, events, restored, removalPolicy }: CibaProviderProps) {
  return {
    removalPolicy: policyOf(removalPolicy),
    auditCopy: within(auditCopy, ({ bucket, ...more }) => ({ ...more, bucketArn: memberOf(bucket, 'bucketArn') })),
    backups: within(backups, ({ vault, retention, ...more }) => ({
      ...more,
      vaultArn: memberOf(vault, 'backupVaultArn'),
      retentionDays: daysOf(retention),
    })),
    events: within(events, ({ bus, ...more }) => ({ ...more, busArn: memberOf(bus, 'eventBusArn') })),
    restored: within(restored, restoredOf),
  };
}

function restoredOf({ directoryTable, transactionsTable, ...more }: RestoredProps) {
  const streamOf = (table: RestoredTable | undefined) =>
    typeof table === 'object' ? memberOf(table, 'tableStreamArn') : undefined;
  return {
    ...more,
    directoryTable: memberOf(directoryTable, 'tableName'),
    transactionsTable: memberOf(transactionsTable, 'tableName'),
    directoryStreamArn: streamOf(directoryTable),
    transactionsStreamArn: streamOf(transactionsTable),
  };
}

function alarmsOf({ page, ...more }: AlarmProps) {
  return { ...receiverOf(more), page: within(page, receiverOf) };
}

function receiverOf<Of extends AlarmReceiver>({ topic, ...more }: Of) {
  return { ...more, topicArn: memberOf(topic, 'topicArn') };
}

function limitsOf({ defaultExpiry, expiryLimit, interval, denialPause, ...more }: RequestLimits) {
  const pause = denialPause === 'off' ? denialPause : within(denialPause, pauseOf);
  return {
    ...more,
    defaultExpiry: secondsOf(defaultExpiry),
    expiryLimit: secondsOf(expiryLimit),
    interval: secondsOf(interval),
    denialPause: pause,
  };
}

function pauseOf({ first, longest, ...more }: DenialPause) {
  return { ...more, first: secondsOf(first), longest: secondsOf(longest) };
}

function rotationOf({ rotateAfter, publishBeforeUse, retireFor, ...more }: KeyRotation) {
  return {
    ...more,
    rotateAfter: secondsOf(rotateAfter),
    publishBeforeUse: secondsOf(publishBeforeUse),
    retireFor: secondsOf(retireFor),
  };
}

/** The settings have a word for each policy that makes sense here. The values of CDK are these words. */
function policyOf(policy: RemovalPolicy | undefined): 'retain' | 'destroy' | undefined;
function policyOf(policy: unknown): unknown {
  return policy;
}

/** Settings whose property has another name, because its value is a construct or a time. */
const NAMES: readonly (readonly [setting: string, property: string])[] = [
  ['domain.certificateArn', 'domain.certificate'],
  ['domain.zone.id', 'domain.zone.hostedZoneId'],
  ['domain.zone.name', 'domain.zone.zoneName'],
  ['mtlsDomain.certificateArn', 'mtlsDomain.certificate'],
  ['mtlsDomain.ownershipCertificateArn', 'mtlsDomain.ownershipCertificate'],
  ['mtlsDomain.zone.id', 'mtlsDomain.zone.hostedZoneId'],
  ['mtlsDomain.zone.name', 'mtlsDomain.zone.zoneName'],
  ['shield.certificateArn', 'shield.certificate'],
  ['apns.secretArn', 'apns.secret'],
  ['fcm.secretArn', 'fcm.secret'],
  ['alarms.topicArn', 'alarms.topic'],
  ['alarms.page.topicArn', 'alarms.page.topic'],
  ['tracing.layerArn', 'tracing.layer'],
  ['logRetentionDays', 'logRetention'],
  ['auditRetentionDays', 'auditRetention'],
  ['auditCopy.bucketArn', 'auditCopy.bucket'],
  ['backups.vaultArn', 'backups.vault'],
  ['backups.retentionDays', 'backups.retention'],
  ['events.busArn', 'events.bus'],
  ['clientSecretDays', 'clientSecretLifetime'],
  ['syntheticLoginMinutes', 'syntheticLoginInterval'],
  ['restored.directoryStreamArn', 'restored.directoryTable.tableStreamArn'],
  ['restored.transactionsStreamArn', 'restored.transactionsTable.tableStreamArn'],
];
const PROPERTIES: ReadonlyMap<string, string> = new Map(NAMES);

/** Writes a sentence about settings with the names of the properties. */
export function inProperties(sentence: string): string {
  return sentence.replaceAll(/"([\w.-]+)"/g, (quoted, name: string) => {
    const property = PROPERTIES.get(name);
    return property === undefined ? quoted : `"${property}"`;
  });
}

/** Returns the first name of a setting that is among the properties, where it means nothing. A zone of CDK has a name. */
export function settingAmong(props: object): string | undefined {
  const names = NAMES.map(([setting]) => setting).filter((name) => !name.includes('.zone.'));
  return names.find((name) => valueAt(props, name.split('.')) !== undefined);
}

function valueAt(of: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return of;
  return typeof of === 'object' && of !== null && name in of ? valueAt(Reflect.get(of, name), rest) : undefined;
}

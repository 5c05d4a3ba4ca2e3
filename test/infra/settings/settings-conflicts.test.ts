import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { environmentFrom, environmentOf } from '../../../infra/functions/environment.ts';
import type { Place } from '../../../infra/settings/known-place.ts';
import type { Settings } from '../../../infra/settings/provider-settings.ts';
import { parseSettings } from '../../../infra/settings/settings.ts';
import { SettingsError } from '../../../infra/settings/settings-error.ts';

const here = 'eu-west-1:111122223333';
const place = { region: 'eu-west-1', account: '111122223333' };
const domain = {
  name: 'login.example.com',
  certificateArn: `arn:aws:acm:${here}:certificate/1`,
};
const shield = { certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1' };
const mtlsDomain = {
  ...domain,
  name: 'mtls.example.com',
  truststore: { bucket: 'b', key: 'k' },
};
const apns = { secretArn: `arn:aws:secretsmanager:${here}:secret:apns-AbCdEf`, bundleId: 'com.example' };
const application = (platform: string) => `arn:aws:sns:${here}:app/${platform}/shop`;
const streamOf = (table: string, itsPlace = here) => `arn:aws:dynamodb:${itsPlace}:table/${table}/stream/2026`;
const vaultIn = (itsPlace: string) => `arn:aws:backup:${itsPlace}:backup-vault:ciba`;
const zone = (name: string) => ({ id: 'Z0123456789ABC', name });
const rules = (count: number, acr = 'a') => Array.from({ length: count }, () => ({ acr, anyOf: ['pin'] }));

function message(settings: object, ofCredentials?: Place): string {
  try {
    parseSettings({ stage: 'test', ...settings }, 'test.json', ofCredentials);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the shield', () => {
  it('takes networks of backends and limits of its own', () => {
    const own = { ...shield, knownBackends: ['198.51.100.0/24'], perAddress: { device: 10 } };
    expect(message({ domain, shield: own }, place)).toBe('accepted');
  });
});

describe('settings that could contradict each other', () => {
  it.each([
    { rotation: { retireFor: 3960 } },
    { lifetimes: { idToken: 60, accessToken: 60 }, rotation: { retireFor: 420 } },
    { domain: { ...domain, zone: zone('login.example.com') } },
    { domain: { ...domain, zone: zone('example.com') }, mtlsDomain: { ...mtlsDomain, zone: zone('example.com') } },
    { lifetimes: { idToken: 172_440 } },
    { limits: { defaultExpiry: 600 } },
    { limits: { expiryLimit: 120 } },
    { limits: { interval: 600 } },
    { limits: { expiryLimit: 259_200 } },
    { reservedConcurrency: { 'client-notification': 2, token: 1 } },
    { limits: { perUser: { perMinute: 10, perHour: 10 } } },
    { limits: { perUser: { perMinute: 10, perHour: 10, longPerDay: 1 } } },
    { throttles: { authentication: { rate: 5, burst: 5 } } },
    { apns: { ...apns, sandbox: true } },
    { apns: { bundleId: 'a', sandbox: true, sandboxApplicationArn: application('APNS_SANDBOX') } },
    { restored: { directoryTable: 'one', transactionsTable: 'two' } },
    { acrPolicy: rules(20, 'urn:example:acr:strong') },
    {
      acrPolicy: [
        { acr: 'a', anyOf: ['pin'], needsVerificationKey: true },
        { acr: 'a', anyOf: ['fpt'] },
      ],
    },
    { events: {} },
    { events: { busArn: `arn:aws:events:${here}:event-bus/logins` } },
    // A bus of another account, whose policy lets this one in.
    { events: { busArn: 'arn:aws:events:eu-west-1:999988887777:event-bus/logins' } },
    { events: {}, restored: { directoryTable: 'one', directoryStreamArn: streamOf('one') } },
  ])('%j are none', (settings) => {
    expect(message(settings, place)).toBe('accepted');
  });
});

describe('mobile push', () => {
  const verdict = (region: string) =>
    message({ region, fcm: { secretArn: apns.secretArn.replace('eu-west-1', region) } });

  it.each([
    ...['us-east-2', 'ca-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-2', 'eu-west-3'],
    ...['af-south-1', 'ap-east-1', 'ap-northeast-3', 'ap-southeast-3', 'me-central-1', 'me-south-1'],
  ])('is accepted in %s, which AWS lists', (region) => {
    expect(verdict(region)).toBe('accepted');
  });

  it.each(['eu-south-3', 'mx-central-1'])('is accepted in %s too, which AWS may list by now', (region) => {
    expect(verdict(region)).toBe('accepted');
  });
});

describe('events', () => {
  it('go to a bus of the region, because EventBridge takes none of another region', () => {
    const events = { busArn: 'arn:aws:events:eu-central-1:111122223333:event-bus/logins' };
    expect(message({ events }, place)).toContain('"events.busArn" must be in the region of the deployment, eu-west-1');
  });

  it('come from streams of the account and the region', () => {
    const from = (itsPlace: string) => ({
      restored: { directoryTable: 'one', directoryStreamArn: streamOf('one', itsPlace) },
    });
    expect(message(from('eu-west-1:999988887777'), place)).toContain('must be in the account of the deployment');
    expect(message(from('eu-central-1:111122223333'), place)).toContain('must be in the region of the deployment');
  });
});

describe('the vault for copies of backups', () => {
  const copied = (itsPlace: string) => ({ backups: { vaultArn: vaultIn(itsPlace) } });

  it('is in another account, in another region, or both: a copy beside the table is lost with it', () => {
    const refused = '"backups.vaultArn" must be in another account or in another region';
    expect(message(copied(here), place)).toContain(refused);
    expect(message({ ...copied(here), ...place })).toContain(refused);
    for (const elsewhere of ['eu-central-1:111122223333', 'eu-west-1:444455556666', 'eu-central-1:444455556666'])
      expect(message(copied(elsewhere), place)).toBe('accepted');
    expect(message(copied(here))).toBe('accepted');
  });
});

describe('a lock on the audit bucket', () => {
  it('needs a stage that has one, and days for which S3 can lock', () => {
    expect(message({ auditLock: 'governance', removalPolicy: 'destroy' })).toContain('has no audit bucket');
    const long = { auditLock: 'compliance', auditRetentionDays: 36_501 } as const;
    expect(message(long)).toContain('"auditRetentionDays" must be at most 36500 with "auditLock"');
    expect(message({ auditRetentionDays: 36_501 })).toBe('accepted');
    expect(message({ ...long, auditRetentionDays: 36_500 })).toBe('accepted');
    expect(message({ auditLock: 'governance' })).toBe('accepted');
  });
});

describe('a copy of the audit trail', () => {
  const copy = (account: string) => ({ auditCopy: { bucketArn: 'arn:aws:s3:::copy', account } });

  it('is in another account, and of a stage that has a trail', () => {
    expect(message(copy('111122223333'), place)).toContain('"auditCopy.account" must be another account');
    expect(message({ ...copy('444455556666'), removalPolicy: 'destroy' }, place)).toContain('has no audit bucket');
    expect(message(copy('444455556666'), place)).toBe('accepted');
  });
});

describe('who receives alarms', () => {
  const topicArn = `arn:aws:sns:${here}:alarms`;
  const email = 'on-call@example.com';

  it.each([
    { topicArn, page: { email } },
    { email, page: { topicArn }, monthlyBudget: 50 },
    { topicArn, page: { email }, monthlyBudget: 50 },
  ])('may be %j', (alarms) => {
    expect(message({ alarms })).toBe('accepted');
  });
});

describe('an ARN', () => {
  const topicArn = `arn:aws:sns:${here}:alarms`;
  const ownershipCertificateArn = `arn:aws:acm:${here}:certificate/2`;
  const cases: [string, object][] = [
    ['domain.certificateArn', { domain }],
    ['apns.secretArn', { apns }],
    ['apns.applicationArn', { apns: { bundleId: 'a', applicationArn: application('APNS') } }],
    ['apns.sandboxApplicationArn', { apns: { bundleId: 'a', sandboxApplicationArn: application('APNS_SANDBOX') } }],
    ['fcm.secretArn', { fcm: { secretArn: apns.secretArn } }],
    ['fcm.applicationArn', { fcm: { applicationArn: application('GCM') } }],
    ['alarms.topicArn', { alarms: { topicArn } }],
    ['alarms.page.topicArn', { alarms: { email: 'notices@example.com', page: { topicArn } } }],
  ];

  it.each(cases)('%s must be of the deployment, by its settings or by the credentials', (name, settings) => {
    const elsewhere = `test.json: "${name}" must be in the region of the deployment, eu-central-1.`;
    const others = `test.json: "${name}" must be in the account of the deployment, 444455556666.`;
    expect(message({ ...settings, region: 'eu-central-1' })).toBe(elsewhere);
    expect(message(settings, { region: 'eu-central-1' })).toBe(elsewhere);
    expect(message({ ...settings, account: '444455556666' })).toBe(others);
    expect(message(settings, { account: '444455556666' })).toBe(others);
    expect(message({ ...settings, ...place }, { region: 'eu-central-1', account: '444455556666' })).toBe('accepted');
    expect(message(settings)).toBe('accepted');
  });

  it('of the second name is checked as well', () => {
    const strange = (arn: string) => arn.replace('eu-west-1', 'eu-central-1');
    const certificate = { ...mtlsDomain, certificateArn: strange(mtlsDomain.certificateArn) };
    const ownership = { ...mtlsDomain, ownershipCertificateArn: strange(ownershipCertificateArn) };
    expect(message({ domain, mtlsDomain: certificate }, place)).toContain('"mtlsDomain.certificateArn" must be in');
    expect(message({ domain, mtlsDomain: ownership }, place)).toContain('"mtlsDomain.ownershipCertificateArn" must');
    expect(message({ domain, mtlsDomain: { ...mtlsDomain, ownershipCertificateArn } }, place)).toBe('accepted');
  });
});

describe('the variables of a function', () => {
  it('fit into 4 KB with the longest settings that are accepted', () => {
    const settings = (length: number): Settings => ({
      stage: 'test',
      domain: { ...domain, name: `${`${'a'.repeat(60)}.`.repeat(4)}com` },
      apns: { ...apns, sandbox: true },
      fcm: { secretArn: apns.secretArn },
      previousIssuers: ['https://old.example.com/'],
      acrPolicy: rules(20, 'urn:example:acr:1'),
      bindingMessagePattern: '\\w'.repeat(length),
    });
    const accepted = Array.from({ length: 1300 }, (_, length) => length + 1).filter(
      (length) => message(settings(length)) === 'accepted',
    );
    const most = accepted.length;
    expect(accepted.at(-1)).toBe(most);
    expect(most).toBeGreaterThan(400);
    expect(most).toBeLessThan(1300);
    // Names as CloudFormation makes them.
    const table = `ciba-${'s'.repeat(20)}-ProviderDataNestedStackProviderDataNestedStackResource5B2C5E4D-1ABCDEFGHIJKL-DirectoryTable0A1B2C3D-1ABCDEFGHIJKL`;
    const way = (last: string) => `ciba-${'s'.repeat(20)}-ProviderClientNotifications${last}01234567-1ABCDEFGHIJK`;
    const app = (platform: string) =>
      `arn:aws-us-gov:sns:us-gov-west-1:111122223333:app/${platform}/ciba-${'s'.repeat(20)}`;
    const values = environmentFrom({
      issuer: `https://${settings(most).domain?.name}/`,
      tableNames: { directory: table, transactions: table },
      signingKmsKeyArn: 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/00000000-0000-4000-8000-000000000000',
      notifications: {
        topicArn: `arn:aws-us-gov:sns:us-gov-west-1:111122223333:${way('Topic')}`,
        queueUrl: `https://sqs.us-gov-west-1.amazonaws.com/111122223333/${way('Queue')}`,
      },
      deadLetters: { queueUrl: `https://sqs.us-gov-west-1.amazonaws.com/111122223333/${way('DeadLetters')}` },
      applicationArns: { APNS: app('APNS'), APNS_SANDBOX: app('APNS_SANDBOX'), GCM: app('GCM') },
      metricsNamespace: `Ciba/ciba-${'s'.repeat(20)}`,
      auditStreamName: 's'.repeat(64),
      settings: settings(most),
    });
    for (const name of functionNames)
      expect(JSON.stringify(environmentOf(functions[name], values)).length, name).toBeLessThanOrEqual(4096);
  });
});

import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../infra/settings/settings.ts';
import { SettingsError } from '../../../infra/settings/settings-error.ts';
import { readSettings } from '../../../infra/settings/settings-file.ts';

const domain = {
  name: 'login.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1',
};
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:apns-AbCdEf';
const message = (settings: object): string => {
  try {
    parseSettings({ stage: 'test', ...settings }, 'test.json');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('settings', () => {
  it('are none at all for the minimal setting', () => {
    expect(readSettings(undefined)).toEqual({ stage: 'main' });
  });

  it('of the stages in the repository are valid', () => {
    expect(readSettings('dev').removalPolicy).toBe('destroy');
    expect(readSettings('infra/stages/production.example.json').domain?.name).toBe('login.example.com');
  });

  it('take tags of any language', () => {
    expect(message({ tags: { 'cost-center': '1234', 'Team Ä': 'a+b@c' } })).toBe('accepted');
  });

  it('take operators: users, sessions of a role, and one session', () => {
    const role = 'arn:aws:sts::111122223333:assumed-role/CibaOperators';
    const operators = ['arn:aws:iam::111122223333:user/ops/ana', `${role}/*`, `${role}/ana@example.com`];
    expect(message({ operators })).toBe('accepted');
  });

  it('take variables of OpenTelemetry alone for a layer, so that none of the provider is replaced', () => {
    const tracing = { layerArn: 'arn:aws:lambda:eu-central-1:000000000000:layer:opentelemetry-nodejs-0_19_0:1' };
    expect(message({ tracing: { ...tracing, variables: { OTEL_SERVICE_NAME: 'login' } } })).toBe('accepted');
    expect(message({ tracing: { ...tracing, variables: { ISSUER: 'https://evil.example/' } } })).toContain('OTEL_');
    expect(message({ tracing: { layerArn: 'arn:aws:lambda:eu-central-1:000000000000:function:x' } })).toContain(
      'the ARN of a version of a layer',
    );
  });

  it('that are missing are named, with the file to copy', () => {
    expect(() => readSettings('nowhere')).toThrow(
      'There is no file infra/stages/nowhere.json: create it from infra/stages/production.example.json, or name another stage with "-c stage=…".',
    );
  });

  it.each([
    [{ operators: [] }, '"operators" must name at least one operator, or be left out'],
    [{ operators: ['*'] }, '"operators.0" must be an ARN like arn:aws:sts::111122223333:assumed-role/CibaOperators/*'],
    [{ operators: ['arn:aws:iam::111122223333:role/Admin'] }, '"operators.0" must be an ARN like'],
    [{ operators: ['arn:aws:sts::111122223333:assumed-role/*'] }, '"operators.0" must be an ARN like'],
    [{ colour: 'red' }, '"colour" is not a setting: correct its name or remove it'],
    [{ apns: { secretArn, bundelId: 'a' } }, 'set "apns.bundleId"'],
    [{ apns: { secretArn, bundleId: 'a', bundelId: 'a' } }, '"apns.bundelId" is not a setting'],
    [{ tags: { 'aws:mine': 'x' } }, '"tags.aws:mine" must be a name of 1 to 128 letters'],
    [{ tags: { team: 7 } }, '"tags.team" must be 1 to 256 letters'],
    [{ tags: { Team: 'a', team: 'b' } }, '"tags" must have names that differ in more than their case'],
    [
      { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, 'x'])) },
      '"tags" must be at most 40',
    ],
    [{ stage: 'Prod' }, '"stage" must be 1 to 20 letters, digits and hyphens in lower case'],
    [{ domain: { ...domain, name: 'https://login.example.com' } }, '"domain.name" must be a host name'],
    [{ domain: { name: 'login.example.com' } }, 'set "domain.certificateArn"'],
    [{ domain: 'login.example.com' }, '"domain" must be an object with settings'],
    [{ mtlsDomain: { ...domain, truststore: { bucket: 'b', key: 'k' } } }, 'set "domain" as well'],
    [{ domain, mtlsDomain: { ...domain, truststore: { bucket: 'b', key: 'k' } } }, '"mtlsDomain.name" must differ'],
    [{ apns: { bundleId: 'a' } }, 'set either "apns.secretArn" or "apns.applicationArn"'],
    [{ fcm: {} }, 'set either "fcm.secretArn" or "fcm.applicationArn"'],
    [
      { apns: { secretArn: 'my-secret', bundleId: 'a' } },
      '"apns.secretArn" must be an ARN like arn:aws:secretsmanager:',
    ],
    [{ alarms: {} }, 'set either "alarms.email" or "alarms.topicArn"'],
    [{ alarms: { email: 'nobody' } }, '"alarms.email" must be an e-mail address'],
    [{ accessLogClass: 'cheap' }, '"accessLogClass" must be "infrequentAccess" or "standard"'],
    [{ logRetentionDays: 100 }, '"logRetentionDays" must be one of 1, 3, 5'],
    [{ limits: { defaultExpiry: 900 } }, '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"'],
    [{ limits: { perUser: 'off' } }, '"limits.perUser" must be an object with settings'],
    [{ limits: { messageWhileOpen: true } }, '"limits.messageWhileOpen" must be "on" or "off"'],
    [{ lifetimes: { idToken: 0.5 } }, '"lifetimes.idToken" must be a whole number of at least 1'],
    [{ clientSecretDays: 29 }, '"clientSecretDays" must be a whole number of days from 30 to 1095'],
    [{ clientSecretDays: 1096 }, '"clientSecretDays" must be a whole number of days from 30 to 1095'],
    [{ rotation: { publishBeforeUse: 60 } }, '"rotation.publishBeforeUse" must be at least 86400 seconds'],
    [{ previousIssuers: ['http://old.example.com'] }, '"previousIssuers.0" must be an issuer like https://'],
    [{ bindingMessagePattern: '(' }, '"bindingMessagePattern" must be a regular expression'],
    [{ removalPolicy: 'snapshot' }, '"removalPolicy" must be "retain" or "destroy"'],
    [{ syntheticLogin: true }, '"syntheticLogin" must be "on" or "off"'],
    [{ syntheticLogin: 'never' }, '"syntheticLogin" must be "on" or "off"'],
    [{ syntheticLoginMinutes: 1 }, '"syntheticLoginMinutes" must be a whole number of at least 5'],
    [{ syntheticLoginMinutes: 90 }, '"syntheticLoginMinutes" must be at most 60'],
    [{ reservedConcurrency: { tokens: 5 } }, '"reservedConcurrency.tokens" is not a setting'],
    [{ region: 'us-east-1', domain }, '"domain.certificateArn" must be in the region of the deployment, us-east-1'],
  ])('%j stop the synthesis with one sentence', (settings, sentence) => {
    expect(message(settings)).toContain(`test.json: ${sentence}`);
    expect(message(settings)).toMatch(/^[^\n]+\.$/);
  });

  it('without a region are checked against the one that the credentials lead to', () => {
    const fcm = { applicationArn: 'arn:aws:sns:eu-west-1:111122223333:app/GCM/shop' };
    expect(() => parseSettings({ stage: 'test', fcm }, 'test.json', { region: 'eu-central-1' })).toThrow(
      'test.json: "fcm.applicationArn" must be in the region of the deployment, eu-central-1.',
    );
    expect(parseSettings({ stage: 'test', fcm }, 'test.json', { region: 'eu-west-1' }).fcm).toEqual(fcm);
  });

  it('are accepted when they are right', () => {
    expect(message({ region: 'eu-west-1', domain, apns: { secretArn, bundleId: 'com.example' } })).toBe('accepted');
    expect(message({ limits: { perUser: { perMinute: 1, perHour: 1 } } })).toBe('accepted');
    expect(message({ limits: { perUser: { perMinute: 3, perHour: 10 } }, reservedConcurrency: { token: 50 } })).toBe(
      'accepted',
    );
  });
});

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

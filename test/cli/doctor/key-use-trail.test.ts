import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeployedStack } from '../../../cli/deployment/deployed-stack.ts';
import type { Finding } from '../../../cli/doctor/check.ts';
import { keyUseTrail } from '../../../cli/doctor/key-use-trail.ts';
import { FakeAws } from '../support/aws-account.ts';
import { goodAccount, STACK } from './doctor-deployment.ts';

const aws = new FakeAws(goodAccount());
const region = 'eu-central-1';
const stack: DeployedStack = {
  name: STACK,
  deploymentName: STACK,
  has: () => true,
  region,
  status: 'UPDATE_COMPLETE',
  statusReason: undefined,
  createdAt: new Date(),
  changedAt: new Date(),
  outputs: {},
  aws: {
    region,
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 1000, throwOnRequestTimeout: true },
  },
};
beforeAll(async () => vi.stubEnv('AWS_ENDPOINT_URL', await aws.listen()));
beforeEach(() => {
  aws.account = goodAccount();
});
afterAll(() => {
  aws.close();
  vi.unstubAllEnvs();
});

const check = async (): Promise<Finding> => {
  if (keyUseTrail.of !== 'stack') throw new Error('not a check of a stack');
  return keyUseTrail.run(stack);
};
const trailWith = (selectors: Record<string, unknown>, logging = true) => {
  aws.account.trails = { main: { logging, selectors } };
};
const basic = (more: Record<string, unknown>) => ({ EventSelectors: [{ ReadWriteType: 'All', ...more }] });
const advanced = (...fields: Record<string, unknown>[]) => ({
  AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...fields] }],
});
const KMS = 'kms.amazonaws.com';
const DYNAMODB = 'dynamodb.amazonaws.com';

describe('doctor looks for a trail that records the calls of KMS', () => {
  it.each([
    ['by default', basic({})],
    ['and excludes another service', basic({ ExcludeManagementEventSources: ['rdsdata.amazonaws.com'] })],
    ['by an advanced selector for everything', advanced()],
    ['by an advanced selector for both', advanced({ Field: 'eventSource', Equals: [KMS, DYNAMODB] })],
    [
      'by one selector for reads and one for writes',
      { EventSelectors: [{ ReadWriteType: 'ReadOnly' }, { ReadWriteType: 'WriteOnly' }] },
    ],
  ])('there is one that does %s', async (_, selectors) => {
    trailWith(selectors);
    expect(await check()).toEqual({
      state: 'good',
      says: 'The trail main records the calls of KMS and changes in DynamoDB.',
    });
  });

  it.each([
    ['excludes KMS', basic({ ExcludeManagementEventSources: [KMS] }), 'records no events of KMS'],
    ['records no management events', basic({ IncludeManagementEvents: false }), 'records no events of KMS'],
    ['records writes only, and Decrypt is a read', basic({ ReadWriteType: 'WriteOnly' }), 'records writes only'],
    ['records reads only, and PutKeyPolicy is a write', basic({ ReadWriteType: 'ReadOnly' }), 'records reads only'],
    [
      'excludes KMS by an advanced selector',
      advanced({ Field: 'eventSource', NotEquals: [KMS, 'rdsdata.amazonaws.com'] }),
      'records no events of KMS',
    ],
    [
      'records writes by an advanced selector',
      advanced({ Field: 'readOnly', Equals: ['false'] }),
      'records writes only',
    ],
    [
      'records data events alone',
      { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] },
      'records no events of KMS',
    ],
  ])('warns of one that %s', async (_, selectors, lack) => {
    trailWith(selectors);
    const { state, says, see } = await check();
    expect({ state, see }).toEqual({ state: 'warning', see: 'docs/operations.md#alarm-key-used-by-others' });
    expect(says).toContain(
      `No trail records the calls of KMS in eu-central-1 (main ${lack}): the alarm key-used-by-others can't go off.`,
    );
  });

  it.each([
    ['records KMS alone', advanced({ Field: 'eventSource', Equals: [KMS] }), 'records no events of DynamoDB'],
    [
      'records of DynamoDB what only reads',
      {
        AdvancedEventSelectors: [
          ...advanced({ Field: 'eventSource', Equals: [KMS] }).AdvancedEventSelectors,
          ...advanced({ Field: 'readOnly', Equals: ['true'] }).AdvancedEventSelectors,
        ],
      },
      'records reads only',
    ],
  ])('warns of one that %s: nobody hears of a changed policy of the table', async (_, selectors, lack) => {
    trailWith(selectors);
    expect(await check()).toMatchObject({
      state: 'warning',
      says: `No trail records changes in DynamoDB in eu-central-1 (main ${lack}): the alarm key-used-by-others does not hear of a changed policy of the table Directory. The trail main records the calls of KMS.`,
    });
  });

  it('is content with one trail for KMS and another for the changes', async () => {
    aws.account.trails = {
      keys: { logging: true, selectors: advanced({ Field: 'eventSource', Equals: [KMS] }) },
      changes: { logging: true, selectors: basic({ ReadWriteType: 'WriteOnly' }) },
    };
    expect(await check()).toEqual({
      state: 'good',
      says: 'The trail keys records the calls of KMS. The trail changes records changes in DynamoDB.',
    });
  });

  it('warns of one that is switched off, and when there is none', async () => {
    trailWith(basic({}), false);
    expect((await check()).says).toContain('(main is switched off)');
    aws.account.trails = {};
    expect(await check()).toMatchObject({
      state: 'warning',
      says: expect.stringContaining(
        "No trail records the calls of KMS in eu-central-1: the alarm key-used-by-others can't go off.",
      ),
    });
  });

  it('is content with one of several, and asks each where it lives', async () => {
    aws.account.trails = {
      old: { logging: false, selectors: {} },
      data: { logging: true, selectors: basic({ IncludeManagementEvents: false }) },
      main: { logging: true, selectors: basic({}) },
    };
    expect((await check()).state).toBe('good');
  });

  it('says of the trail of an organisation that it may not read it', async () => {
    aws.account.denied.add('GetEventSelectors');
    expect((await check()).says).toMatch(/\(all-regions can't be read: User: .* not authorized.*\)/);
  });

  it('says what it may not ask at all', async () => {
    aws.account.denied.add('DescribeTrails');
    await expect(check()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('not authorized'),
    });
  });
});

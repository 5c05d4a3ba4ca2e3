import { expect, it } from 'vitest';
import {
  CLIENT_AUTHENTICATION,
  INTERNAL,
  PUSH_ENVIRONMENT,
  tables,
  throttleOf,
} from '../../../provider/core/operating/function-spec.ts';

it('lets client authentication read clients and remember assertions, and no more', () => {
  expect(CLIENT_AUTHENTICATION).toEqual([
    { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
    { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
  ]);
});

it('gives a function that pushes the three applications and the topic of Apple', () => {
  expect(PUSH_ENVIRONMENT).toEqual([
    'APNS_APPLICATION_ARN',
    'APNS_SANDBOX_APPLICATION_ARN',
    'GCM_APPLICATION_ARN',
    'APNS_TOPIC',
  ]);
});

it('gives a function that is not called over HTTP no route and no right', () => {
  expect(INTERNAL).toEqual({ routes: [], authorizer: 'none', tables: [], sns: [], kms: [] });
});

it('has throttles that the settings replace, by the name of the member', () => {
  const throttle = { setting: 'device', rate: 500, burst: 1000 } as const;
  expect(throttleOf({ throttle })).toEqual(throttle);
  expect(throttleOf({ throttle }, { others: { rate: 1, burst: 2 } })).toEqual(throttle);
  expect(throttleOf({ throttle }, { device: { rate: 1, burst: 2 } })).toEqual({ rate: 1, burst: 2 });
  expect(throttleOf({}, { device: { rate: 1, burst: 2 } })).toBeUndefined();
});

it('lets items of Transactions alone expire (docs/storage.md)', () => {
  expect(tables).toEqual({
    directory: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: undefined },
    transactions: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'ttl' },
  });
});

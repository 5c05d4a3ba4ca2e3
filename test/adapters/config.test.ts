import { describe, expect, it } from 'vitest';
import { readNotificationNetworks } from '../../provider/adapters/config.ts';

describe('the networks in which clients may be notified besides the public internet', () => {
  it.each([
    ['none where the variable is missing', {}, []],
    ['none where the variable is empty', { NOTIFICATION_NETWORKS: '' }, []],
    ['each one that is listed', { NOTIFICATION_NETWORKS: '127.0.0.0/8,::1/128' }, ['127.0.0.0/8', '::1/128']],
  ])('are %s', (_, env, networks) => {
    expect(readNotificationNetworks(env)).toEqual(networks);
  });
});

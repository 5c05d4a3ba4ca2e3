import { expect, it } from 'vitest';
import { provePushRights } from '../../../provider/flows/operating/prove-push-rights.ts';

it('tries each action of the function under each platform, and says what SNS let it do', async () => {
  const report = await provePushRights({
    endpointRights: {
      platforms: ['APNS', 'GCM'],
      actions: ['Publish', 'DeleteEndpoint'],
      attempt: async ({ platform, action }) => {
        if (action === 'DeleteEndpoint') return { isAnswered: true };
        return { isAnswered: true, error: platform === 'APNS' ? 'AuthorizationError' : 'InvalidParameter' };
      },
    },
  });
  expect(report).toEqual({
    platforms: ['APNS', 'GCM'],
    rights: [
      { platform: 'APNS', action: 'Publish', result: 'denied', error: 'AuthorizationError' },
      { platform: 'APNS', action: 'DeleteEndpoint', result: 'allowed' },
      { platform: 'GCM', action: 'Publish', result: 'allowed', error: 'InvalidParameter' },
      { platform: 'GCM', action: 'DeleteEndpoint', result: 'allowed' },
    ],
  });
});

it('says that no platform is configured', async () => {
  const attempt = () => Promise.reject(new Error('nothing to try'));
  const endpointRights = { platforms: [], actions: ['Publish'] as const, attempt };
  expect(await provePushRights({ endpointRights })).toEqual({ platforms: [], rights: [] });
});

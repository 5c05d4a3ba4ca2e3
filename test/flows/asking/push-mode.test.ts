import { describe, expect, it } from 'vitest';
import { checkMayAsk } from '../../../provider/core/client/client.ts';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { BANK } from '../world/clients.ts';
import { FIRST_REQUEST, FIRST_SECRET } from '../world/world.ts';
import { askingWorld } from './given.ts';

/** A bank in push mode without the CIBA grant. */
const PUSH = { deliveryMode: 'push', notificationEndpoint: 'https://bank.example/push', grantTypes: [] } as const;
const pushing = (given: Parameters<typeof askingWorld>[0] = {}) => askingWorld({ ...given, client: PUSH });
const TOKEN = { client_notification_token: 'bearer-1' };

describe('a client in push mode', () => {
  it('needs no grant type (R2) and gets no interval (A4); its request is announced while a phone rings', async () => {
    const { ask, journal, requests } = pushing();
    expect(valueFrom(await ask(TOKEN))).toEqual({ auth_req_id: FIRST_SECRET, expires_in: 120 });
    const stored = journal.calls.indexOf('store request');
    expect(journal.calls.slice(stored + 1).toSorted()).toEqual(['announce to bank', 'ring phone']);
    expect(requests.created).toMatchObject([{ notification: { token: 'bearer-1', authReqId: FIRST_SECRET } }]);
  });

  it('must send a client_notification_token (B6)', async () => {
    const { ask, requests } = pushing();
    const refusal = { reason: 'missing_parameter', name: 'client_notification_token' };
    expect(refusalOf(await ask())).toEqual(refusal);
    expect(requests.created).toEqual([]);
  });

  it('is refused while SNS takes no announcement: the request has failed, and the client may try again', async () => {
    const { ask, journal, requests } = pushing();
    journal.breakAt('announce');
    expect(refusalOf(await ask(TOKEN))).toEqual({ reason: 'push_unavailable', retryAfterSeconds: 5 });
    expect(requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'failed' });
  });

  it('is announced as well where nobody is asked without telling it, so that it hears of the same end', async () => {
    const { ask, journal } = pushing({ settings: { concealsUsers: true } });
    valueFrom(await ask({ ...TOKEN, login_hint: 'nobody@example.com' }));
    expect(journal.calls.filter((call) => call.startsWith('announce'))).toEqual(['announce to bank']);
  });

  it('may not ask under a profile without push, as FAPI-CIBA is', () => {
    const fapi = { ...STANDARD_PROFILE, deliveryModes: ['poll', 'ping'] as const };
    expect(checkMayAsk({ ...BANK, ...PUSH }, STANDARD_PROFILE).ok).toBe(true);
    expect(refusalOf(checkMayAsk({ ...BANK, ...PUSH }, fapi))).toEqual({ reason: 'grant_not_allowed' });
  });
});

it('a client that polls is not announced, and needs the grant', async () => {
  const { ask, journal } = askingWorld();
  valueFrom(await ask());
  expect(journal.calls.filter((call) => call.startsWith('announce'))).toEqual([]);
  const { ask: askWithout } = askingWorld({ client: { grantTypes: [] } });
  expect(refusalOf(await askWithout())).toEqual({ reason: 'grant_not_allowed' });
});

import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { FIRST_REQUEST, FIRST_SECRET, SETTINGS } from '../world/world.ts';
import { askingWorld } from './given.ts';

const ANA_BY_SUB = { login_hint: JSON.stringify({ format: 'iss_sub', iss: ISSUER, sub: 'ana' }) };

describe('a client asks a user (CIBA §7)', () => {
  it('is authenticated first, then the user is found, read and counted, then the request is stored, then phones ring', async () => {
    const { ask, journal } = askingWorld({ client: { requestsPerMinute: 60 } });
    expect((await ask()).ok).toBe(true);
    expect(journal.calls).toEqual([
      'find client bank',
      'count client bank',
      'resolve email ana@example.com',
      'find user ana',
      'list devices of ana',
      'count user ana',
      'store request',
      'ring phone',
    ]);
  });

  it('is answered auth_req_id, expires_in and interval, and nothing else (CIBA §7.3)', async () => {
    const { ask } = askingWorld({ settings: { intervalSeconds: 7 } });
    expect(valueFrom(await ask({ requested_expiry: '60' }))).toEqual({
      auth_req_id: FIRST_SECRET,
      expires_in: 60,
      interval: 7,
    });
    expect(valueFrom(await askingWorld().ask())).toMatchObject({ expires_in: 120, interval: 5 });
  });

  it.each([
    ['600', 600, 5],
    ['601', 601, 10],
    ['259200', 259_200, 120],
    ['259201', 259_200, 120],
  ])('that asks for %s seconds gets %i, and an interval of %i (CIBA §7.3)', async (asked, life, interval) => {
    const { ask, requests } = askingWorld({ settings: { expiry: { default: 120, limit: 259_200 } } });
    expect(valueFrom(await ask({ requested_expiry: asked }))).toMatchObject({ expires_in: life, interval });
    expect(requests.created[0]?.request).toMatchObject({ expiresAt: NOW + life, intervalSeconds: interval });
  });

  it('has its request stored under a one-way hash of the auth_req_id, and its first poll is never too fast', async () => {
    const { ask, requests } = askingWorld();
    await ask({ requested_expiry: '60' });
    expect(requests.created).toHaveLength(1);
    expect(requests.created[0]?.request).toEqual({
      requestId: FIRST_REQUEST,
      clientId: 'bank',
      registrationId: 'registration-1',
      sub: 'ana',
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + 60,
      intervalSeconds: 5,
      nextPollAt: 0,
    });
    expect(JSON.stringify(requests.created)).not.toContain(FIRST_SECRET);
  });

  it('has what the phone will show frozen before the push: what was granted, not what was asked', async () => {
    const { ask, requests } = askingWorld({
      client: {
        scopes: ['openid', 'transfer'],
        scopeDescriptions: { transfer: 'Move money' },
        audiences: ['https://api.example/'],
      },
    });
    await ask({ scope: 'openid admin transfer', audience: 'https://api.example/', binding_message: 'Pay 4711' });
    const [stored] = requests.created;
    expect(stored?.asked).toEqual({
      clientId: 'bank',
      scopes: ['openid', 'transfer'],
      audience: ['https://api.example/'],
    });
    expect(JSON.parse(Buffer.from(stored?.details.bytes ?? []).toString())).toEqual({
      issuer: ISSUER,
      client_id: 'bank',
      client_name: 'Example Bank',
      sub: 'ana',
      request_id: FIRST_REQUEST,
      expires_at: NOW + 120,
      binding_message: 'Pay 4711',
      scopes: [
        { scope: 'openid', description: 'Confirm who you are' },
        { scope: 'transfer', description: 'Move money' },
      ],
      audience: ['https://api.example/'],
    });
  });

  it('may name several resources, which its token is then for (RFC 8707 §2)', async () => {
    const { ask, requests } = askingWorld({ client: { audiences: ['https://api.example/', 'urn:other'] } });
    await ask({ resource: ['https://api.example/', 'urn:other'] });
    expect(requests.created[0]?.asked.audience).toEqual(['https://api.example/', 'urn:other']);
  });

  it('asks for the issuer as audience when it names none and has no default', async () => {
    const { ask, requests } = askingWorld();
    await ask();
    expect(requests.created[0]?.asked.audience).toEqual([ISSUER]);
  });

  it('in ping mode has its token stored with the auth_req_id, for the notification (CIBA §7.1)', async () => {
    const { ask, requests } = askingWorld({
      client: { deliveryMode: 'ping', notificationEndpoint: 'https://bank.example/ping' },
    });
    const answer = valueFrom(await ask({ client_notification_token: 'bearer-1' }));
    expect(requests.created[0]?.notification).toEqual({ token: 'bearer-1', authReqId: FIRST_SECRET });
    // It may poll as well (CIBA §7.3).
    expect(answer).toEqual({ auth_req_id: FIRST_SECRET, expires_in: 120, interval: 5 });
  });

  it('in poll mode has neither token nor auth_req_id stored', async () => {
    const { ask, requests } = askingWorld();
    await ask({ client_notification_token: 'bearer-1' });
    expect(requests.created[0]?.notification).toBeUndefined();
  });

  it('rings every phone that a push can reach, and tells it ids and instants alone', async () => {
    const dead = deviceNamed('dead');
    const { ask, journal, rung } = askingWorld({
      devices: [
        deviceNamed('phone'),
        deviceNamed('tablet'),
        { ...dead, reach: { kind: 'sns', platform: 'GCM', endpointArn: 'gone', push: 'unreachable' } },
      ],
    });
    await ask({ requested_expiry: '60' });
    expect(journal.calls.at(-1)).toBe('ring phone and tablet');
    const message = { type: 'authentication_request', requestId: FIRST_REQUEST, expiresAt: NOW + 60 };
    expect(rung).toEqual([{ message, now: NOW }]);
  });

  it('leaves in the log who asked whom, a name of the request that redeems nothing, and how many phones rang', async () => {
    const { ask, line, audited } = askingWorld({ devices: [deviceNamed('phone'), deviceNamed('tablet')] });
    await ask({ binding_message: 'Pay 4711' });
    expect(line()).toEqual({
      client_id: 'bank',
      txn: txnOf(FIRST_REQUEST),
      sub: 'ana',
      devices: 2,
      accepted: 2,
      push_ids: 'push-to-phone push-to-tablet',
    });
    expect(audited).toEqual([]);
  });

  it('finds the user by iss_sub without a look-up of names (RFC 9493)', async () => {
    const { ask, journal } = askingWorld({ client: { requestsPerMinute: 60 } });
    expect((await ask(ANA_BY_SUB)).ok).toBe(true);
    expect(journal.calls.slice(1, -2)).toEqual([
      'count client bank',
      'find user ana',
      'list devices of ana',
      'count user ana',
    ]);
  });
});

describe('a request is counted (CIBA §14)', () => {
  it('counts for the client what is registered, and for the user what is set, at this instant', async () => {
    const { ask, counted } = askingWorld({ client: { requestsPerMinute: 60 } });
    await ask();
    expect(counted).toEqual([
      { of: 'bank', limits: { requestsPerMinute: 60, unknownUsers: undefined }, now: NOW },
      { of: 'ana', limits: SETTINGS.userLimits, now: NOW },
    ]);
  });

  it('counts nothing where neither has a limit', async () => {
    const { ask, counted } = askingWorld({ settings: { userLimits: undefined } });
    expect((await ask()).ok).toBe(true);
    expect(counted).toEqual([]);
  });

  it('refuses a client over its own limit before its user is read or counted', async () => {
    const { ask, journal, limits } = askingWorld({ client: { requestsPerMinute: 60 } });
    limits.client = { allowed: false, retryAfterSeconds: 17 };
    expect(refusalOf(await ask())).toEqual({ reason: 'client_rate_limited', retryAfterSeconds: 17 });
    expect(journal.calls).toEqual(['find client bank', 'count client bank', 'resolve email ana@example.com']);
  });

  it('refuses a user over the limit: nothing is stored, nobody is rung', async () => {
    const { ask, journal, limits } = askingWorld();
    limits.user = { allowed: false, retryAfterSeconds: 42 };
    expect(refusalOf(await ask())).toEqual({ reason: 'user_rate_limited', retryAfterSeconds: 42 });
    expect(journal.calls.at(-1)).toBe('count user ana');
  });

  it('leaves no counter behind for a subject that nobody has', async () => {
    const { ask, journal } = askingWorld({ users: [] });
    expect(refusalOf(await ask(ANA_BY_SUB))).toEqual({ reason: 'unknown_user', because: 'no_such_identifier' });
    expect(journal.calls).toEqual(['find client bank', 'find user ana', 'list devices of ana']);
  });
});

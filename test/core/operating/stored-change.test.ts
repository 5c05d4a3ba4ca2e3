import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { SYNTHETIC_ID } from '../../../provider/core/operating/reserved.ts';
import { eventsOf, expiryOf } from '../../../provider/core/operating/stored-change.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { RevokedToken } from '../../../provider/core/token/revocation.ts';
import { CLIENT, FACTS, NOW, requestIn, USER } from '../given.ts';

type Versions<What> = { before?: What; after?: What };
const WRITE = { id: 'write-1', at: NOW };
const ofRequest = (versions: Versions<AuthenticationRequest>, write = WRITE) =>
  eventsOf({ ...write, of: 'request', ...versions });
const ofUser = (versions: Versions<User>, write = WRITE) => eventsOf({ ...write, of: 'user', ...versions });
const ofClient = (versions: Versions<Client>, write = WRITE) => eventsOf({ ...write, of: 'client', ...versions });
const named = (events: readonly { event: string }[]) => events.map(({ event }) => event);

const pending = requestIn('pending');
const ABOUT = { requestId: 'request-1', clientId: 'bank', sub: 'user-1' };

describe('a write of a request is told', () => {
  it('when the request is new: who asked for whom, and until when', () => {
    expect(ofRequest({ after: pending })).toEqual([
      { event: 'authentication_requested', ...ABOUT, expiresAt: FACTS.expiresAt, at: NOW, id: expect.any(String) },
    ]);
  });

  it.each([
    ['approved', ['authentication_approved']],
    ['denied', ['authentication_denied']],
    ['failed', ['authentication_failed']],
  ] as const)('when it was pending and is %s', (state, events) => {
    expect(named(ofRequest({ before: pending, after: requestIn(state) }))).toEqual(events);
  });

  it('with the device that answered', () => {
    const answer = { ...ABOUT, deviceId: 'device-1' };
    expect(ofRequest({ before: pending, after: requestIn('approved') })[0]).toMatchObject(answer);
    expect(ofRequest({ before: pending, after: requestIn('denied') })[0]).toMatchObject(answer);
  });

  it('as a fraud besides the denial, only if the device gave that reason', () => {
    const denied = (reason?: string) => ({ ...FACTS, state: 'denied', deviceId: 'device-1', reason }) as const;
    const told = (reason?: string) => named(ofRequest({ before: pending, after: denied(reason) }));
    expect(told('fraud')).toEqual(['authentication_denied', 'fraud_reported']);
    expect(told('not me')).toEqual(['authentication_denied']);
    expect(told()).toEqual(['authentication_denied']);
  });

  it('with the reason of a failure: no push was accepted, or an approval was taken back', () => {
    const failed = (because?: 'user_blocked') =>
      ({ ...FACTS, state: 'failed', ...(because && { takenBack: { because, deviceId: 'device-1' } }) }) as const;
    expect(ofRequest({ before: pending, after: failed() })[0]).toMatchObject({ reason: 'not_reached' });
    const takenBack = ofRequest({ before: requestIn('approved'), after: failed('user_blocked') });
    expect(takenBack[0]).toMatchObject({ event: 'authentication_failed', reason: 'user_blocked' });
  });

  it('not when nobody was asked, because the user had reported the client', () => {
    expect(ofRequest({ after: requestIn('pending', { deniedFrom: NOW + 20 }) })).toEqual([]);
    expect(ofRequest({ after: requestIn('pending', { isConcealed: true }) })).toEqual([]);
  });

  it.each([
    ['a poll', { before: pending, after: { ...pending, nextPollAt: NOW + 5 } }],
    ['a redemption', { before: requestIn('approved'), after: requestIn('redeemed') }],
    ['a removal, which TTL and an erasure make', { before: requestIn('denied') }],
  ])('not for %s', (_, versions) => {
    expect(ofRequest(versions)).toEqual([]);
  });
});

describe('a write of a user is told', () => {
  const both = { ...USER, deviceIds: ['device-1', 'device-2'] };

  it('when a device was enrolled or removed', () => {
    expect(ofUser({ before: USER, after: both })).toEqual([
      { event: 'device_enrolled', sub: 'user-1', deviceId: 'device-2', at: NOW, id: expect.any(String) },
    ]);
    expect(ofUser({ before: both, after: USER })[0]).toMatchObject({ event: 'device_removed', deviceId: 'device-2' });
  });

  it('when the user was removed: each device went with them, and nobody was unblocked', () => {
    expect(ofUser({ before: { ...both, status: 'blocked' } })).toMatchObject([
      { event: 'device_removed', deviceId: 'device-1' },
      { event: 'device_removed', deviceId: 'device-2' },
    ]);
  });

  it('when the user was blocked or unblocked', () => {
    const blocked = { ...USER, status: 'blocked' } as const;
    expect(named(ofUser({ before: USER, after: blocked }))).toEqual(['user_blocked']);
    expect(named(ofUser({ before: blocked, after: USER }))).toEqual(['user_unblocked']);
  });

  it('not when they were created, renamed, or got a ticket', () => {
    expect(ofUser({ after: { ...USER, deviceIds: [] } })).toEqual([]);
    expect(ofUser({ before: USER, after: { ...USER, claims: { name: 'Ana' } } })).toEqual([]);
  });
});

describe('a write of a client is told', () => {
  it('with the names of members and no value', () => {
    const [created] = ofClient({ after: CLIENT });
    expect(created).toMatchObject({ event: 'client_created', clientId: 'bank' });
    expect(created).toHaveProperty('changed', expect.arrayContaining(['client_name', 'client_secret', 'scope']));
    const [updated] = ofClient({ before: CLIENT, after: { ...CLIENT, name: 'Another', scopes: ['openid'] } });
    expect(updated).toMatchObject({ event: 'client_updated', changed: ['client_name', 'scope'] });
    expect(JSON.stringify([created, updated])).not.toMatch(/Another|Example Bank|hash-of-secret/);
  });

  it('when it was removed', () => {
    expect(ofClient({ before: CLIENT })).toMatchObject([{ event: 'client_removed', clientId: 'bank' }]);
  });

  it('not when nothing of its registration is another', () => {
    expect(ofClient({ before: CLIENT, after: { ...CLIENT } })).toEqual([]);
  });
});

describe('the id of an event', () => {
  const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id);

  it('is the same whenever the same write is told', () => {
    expect(ofUser({ after: USER })).toEqual(ofUser({ after: USER }));
    expect(ofClient({ after: CLIENT })).toEqual(ofClient({ after: CLIENT }));
  });

  it('is another for another write, and for each event of one write', () => {
    const both = { ...USER, deviceIds: ['device-1', 'device-2'], status: 'blocked' } as const;
    const all = [...ofUser({ after: both }), ...ofUser({ after: both }, { ...WRITE, id: 'write-2' })];
    expect(all).toHaveLength(6);
    expect(new Set(ids(all)).size).toBe(6);
  });

  it('of a request follows from the request, because each of its events happens once', () => {
    const again = ofRequest({ after: pending }, { ...WRITE, id: 'write-2' });
    expect(ids(again)).toEqual(ids(ofRequest({ after: pending })));
    const other = requestIn('pending', { requestId: 'request-2' });
    expect(ids(ofRequest({ after: other }))).not.toEqual(ids(again));
    expect(ids(ofRequest({ before: pending, after: requestIn('denied') }))).not.toEqual(ids(again));
  });

  it('has 43 characters of base64url', () => {
    for (const id of ids([...ofUser({ after: USER }), ...ofRequest({ after: pending }), expiryOf(FACTS)]))
      expect(id).toMatch(/^[\w-]{43}$/);
  });
});

it('an expiry happened at the end of the request, and has its id whenever it is noticed', () => {
  expect(expiryOf(FACTS)).toEqual({
    event: 'authentication_expired',
    ...ABOUT,
    at: FACTS.expiresAt,
    id: expect.any(String),
  });
  expect(expiryOf(FACTS)).toEqual(expiryOf({ ...FACTS, nextPollAt: NOW }));
});

it('the synthetic login has no events: it is no person, and logs in all day', () => {
  const mine = { clientId: SYNTHETIC_ID, sub: SYNTHETIC_ID };
  expect(ofRequest({ after: requestIn('pending', mine) })).toEqual([]);
  expect(ofUser({ after: { ...USER, sub: SYNTHETIC_ID } })).toEqual([]);
  expect(ofClient({ after: { ...CLIENT, clientId: SYNTHETIC_ID } })).toEqual([]);
});

describe('a write of a revoked token is told', () => {
  const token = { jti: 'jti-1', clientId: 'bank', sub: 'user-1', expiresAt: NOW + 900 };
  const of = (versions: Versions<RevokedToken>, write = WRITE) => eventsOf({ ...write, of: 'revocation', ...versions });

  it('when the token was revoked: its jti, whose it was and until when, and never the token', () => {
    expect(of({ after: token })).toEqual([{ event: 'token_revoked', ...token, at: NOW, id: expect.any(String) }]);
  });

  it('under one id a token, whichever write told it', () => {
    const [first, again] = ['write-1', 'write-2'].map((id) => of({ after: token }, { id, at: NOW })[0]?.id);
    expect(first).toBe(again);
    expect(of({ after: { ...token, jti: 'jti-2' } })[0]?.id).not.toBe(first);
  });

  it('not when TTL sweeps it, and not for the synthetic login', () => {
    expect(of({ before: token })).toEqual([]);
    expect(of({ after: { ...token, clientId: SYNTHETIC_ID } })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { listPendingRequests, readRequestDetails } from '../../../provider/flows/deciding/answer-request.ts';
import { NOW, refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { Outage } from '../world/journal.ts';
import { DETAILS, decidingWorld, REQUEST_ID } from './given.ts';

const NO_CREDENTIAL = { reason: 'device_not_authenticated', because: 'no_credential' };

describe('a phone that missed the push', () => {
  it('lists what waits for its user, after it is authenticated', async () => {
    const { list, journal } = decidingWorld();
    expect(valueFrom(await list())).toEqual([
      {
        requestId: REQUEST_ID,
        issuedAt: NOW - 20,
        expiresAt: NOW + 100,
        clientId: 'bank',
        registrationId: 'registration-1',
        timesRung: 1,
      },
    ]);
    expect(journal.calls).toEqual([
      'find user ana',
      'list devices of ana',
      'verify under phone',
      'list pending requests of ana',
    ]);
  });

  it('lists 100 requests at most, the newest, also where a person may have more', async () => {
    const { ports, callOf } = decidingWorld();
    const waiting = Array.from({ length: 120 }, (_, index) => ({
      requestId: `request-${index}`,
      issuedAt: NOW - index,
      expiresAt: NOW + 259_200,
      clientId: 'bank',
      registrationId: 'registration-1',
      timesRung: 1,
    }));
    const requests = { ...ports.requests, listPending: async () => waiting };
    const listed = valueFrom(await listPendingRequests({ ...ports, requests }, callOf('device/requests')));
    expect(listed).toEqual(waiting.slice(0, 100));
  });

  it('lists nothing of others, nothing that is decided, nothing that is over', async () => {
    for (const request of [
      requestIn('pending', { sub: 'bo' }),
      requestIn('pending', { sub: 'ana', profileId: 'profile-2' }),
      requestIn('approved', { sub: 'ana' }),
      requestIn('pending', { sub: 'ana', expiresAt: NOW }),
    ])
      expect(valueFrom(await decidingWorld({ request }).list())).toEqual([]);
  });

  it('reads the frozen bytes and what belongs to them, and the log names the request', async () => {
    const { read, journal, line } = decidingWorld();
    expect(valueFrom(await read())).toMatchObject(DETAILS);
    expect(journal.calls.at(-1)).toBe('find details for ana');
    expect(line()).toEqual({ device_id: 'phone', txn: txnOf(REQUEST_ID) });
  });

  it('may repeat its reading within the life of its assertion: no jti is used up', async () => {
    const { ports, callOf, used } = decidingWorld();
    const call = callOf('device/requests');
    expect((await listPendingRequests(ports, call)).ok).toBe(true);
    expect((await listPendingRequests(ports, call)).ok).toBe(true);
    expect(used.size).toBe(0);
  });

  it('is told of another user’s request what it is told of an unknown one', async () => {
    const foreign = decidingWorld({ request: requestIn('pending', { sub: 'bo' }) });
    expect(refusalOf(await foreign.read())).toEqual({ reason: 'request_not_found' });
    const former = decidingWorld({ request: requestIn('pending', { sub: 'ana', profileId: 'profile-2' }) });
    expect(refusalOf(await former.read())).toEqual({ reason: 'request_not_found' });
    expect(refusalOf(await decidingWorld().read('x'.repeat(43)))).toEqual({ reason: 'request_not_found' });
  });

  it('is told that a request is over', async () => {
    const { read } = decidingWorld({ details: { expiresAt: NOW } });
    expect(refusalOf(await read())).toEqual({ reason: 'request_over' });
  });
});

describe('nothing is read', () => {
  it('for a caller without a credential', async () => {
    const { ports, journal, note } = decidingWorld();
    const call = { assertion: undefined, method: 'GET', path: '/device/requests', note };
    expect(refusalOf(await listPendingRequests(ports, call))).toEqual(NO_CREDENTIAL);
    expect(refusalOf(await readRequestDetails(ports, { ...call, requestId: REQUEST_ID }))).toEqual(NO_CREDENTIAL);
    expect(journal.calls).toEqual([]);
  });

  it('in an outage: a fault, never "not found"', async () => {
    const { list, read, journal } = decidingWorld();
    journal.breakAt('list pending');
    journal.breakAt('find details');
    await expect(list()).rejects.toThrow(Outage);
    await expect(read()).rejects.toThrow(Outage);
  });
});

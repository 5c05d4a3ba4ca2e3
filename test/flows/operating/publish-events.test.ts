import { describe, expect, it } from 'vitest';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { txnOf } from '../../../provider/core/digest.ts';
import { DECISION_WINDOW_SECONDS } from '../../../provider/core/notifying/retries.ts';
import type { ProviderEvent } from '../../../provider/core/operating/provider-event.ts';
import type { StoredChange } from '../../../provider/core/operating/stored-change.ts';
import { type PublishPorts, publishChanges } from '../../../provider/flows/operating/publish-changes.ts';
import { type PublishExpiryPorts, publishExpiry } from '../../../provider/flows/operating/publish-expiry.ts';
import { FACTS, NOW, requestIn, USER } from '../../core/given.ts';
import { Journal, Outage } from '../world/journal.ts';

/** A bus that refuses the events with some names, and a queue. */
function world({ now = NOW, stored }: { now?: number; stored?: AuthenticationRequest } = {}) {
  const journal = new Journal();
  const refuses = new Set<string>();
  const told: ProviderEvent[] = [];
  const ports: PublishPorts & PublishExpiryPorts = {
    bus: {
      async publish(events) {
        journal.begin(`publish ${events.map(({ event }) => event).join(' ')}`);
        told.push(...events.filter(({ event }) => !refuses.has(event)));
        return events.filter(({ event }) => refuses.has(event));
      },
    },
    reminders: {
      async remind({ requestId, inSeconds }) {
        journal.begin(`remind of ${requestId} in ${inSeconds}`);
      },
    },
    requests: {
      async findRequest(requestId) {
        journal.begin(`find ${requestId}`);
        return stored;
      },
    },
    clock: () => now,
  };
  return { ports, journal, refuses, told };
}

const asked: StoredChange = { id: 'w1', at: NOW, of: 'request', after: requestIn('pending') };
const approved: StoredChange = {
  id: 'w2',
  at: NOW,
  of: 'request',
  before: requestIn('pending'),
  after: requestIn('approved'),
};
const poll: StoredChange = {
  id: 'w3',
  at: NOW,
  of: 'request',
  before: requestIn('pending'),
  after: requestIn('pending'),
};
const blocked: StoredChange = { id: 'w4', at: NOW, of: 'user', before: USER, after: { ...USER, status: 'blocked' } };

describe('committed changes', () => {
  it('are told in their order, after the reminder of each new request was sent', async () => {
    const { ports, journal } = world();
    expect(await publishChanges(ports, [asked, approved, poll, blocked])).toEqual({ events: 3, failed: [] });
    expect(journal.calls).toEqual([
      `remind of request-1 in ${100 + DECISION_WINDOW_SECONDS}`,
      'publish authentication_requested authentication_approved user_blocked',
    ]);
  });

  it('that mean nothing to others cost no call', async () => {
    const { ports, journal } = world();
    expect(await publishChanges(ports, [poll])).toEqual({ events: 0, failed: [] });
    expect(journal.calls).toEqual([]);
  });

  it('are not told if the reminder could not be sent: everything comes again', async () => {
    const { ports, journal, told } = world();
    journal.breakAt('remind');
    await expect(publishChanges(ports, [asked])).rejects.toThrow(Outage);
    expect(told).toEqual([]);
  });

  it('whose events the bus did not accept are named', async () => {
    const { ports, refuses } = world();
    refuses.add('authentication_approved');
    expect(await publishChanges(ports, [asked, approved, blocked])).toEqual({ events: 2, failed: ['w2'] });
  });

  it('that come again are told again, with the same ids', async () => {
    const { ports, told } = world();
    await publishChanges(ports, [asked, blocked]);
    await publishChanges(ports, [asked, blocked]);
    expect(told.slice(2)).toEqual(told.slice(0, 2));
  });
});

describe('a reminder', () => {
  const END = FACTS.expiresAt + DECISION_WINDOW_SECONDS;
  const reminder = { requestId: 'request-1' };
  const noted = { txn: txnOf('request-1'), client_id: 'bank' };

  it('of a request that nobody answered tells that it expired', async () => {
    const { ports, told } = world({ now: END, stored: requestIn('pending') });
    expect(await publishExpiry(ports, reminder)).toEqual({ noted: { ...noted, events: 1 } });
    expect(told).toMatchObject([{ event: 'authentication_expired', requestId: 'request-1', at: FACTS.expiresAt }]);
  });

  it('that comes early is sent again, and tells nothing', async () => {
    const { ports, journal } = world({ now: END - 7, stored: requestIn('pending') });
    expect(await publishExpiry(ports, reminder)).toEqual({ noted });
    expect(journal.calls).toEqual(['find request-1', 'remind of request-1 in 7']);
  });

  it.each(['approved', 'denied', 'failed', 'redeemed'] as const)('of a request that is %s ends', async (state) => {
    const { ports, journal } = world({ now: END, stored: requestIn(state) });
    expect(await publishExpiry(ports, reminder)).toEqual({ noted });
    expect(journal.calls).toEqual(['find request-1']);
  });

  it('of a request that is gone ends', async () => {
    const { ports } = world({ now: END });
    expect(await publishExpiry(ports, reminder)).toEqual({ noted: { txn: txnOf('request-1'), client_id: undefined } });
  });

  it('comes back if the bus does not accept the event', async () => {
    const { ports, refuses } = world({ now: END, stored: requestIn('pending') });
    refuses.add('authentication_expired');
    await expect(publishExpiry(ports, reminder)).rejects.toThrow('did not accept');
  });
});

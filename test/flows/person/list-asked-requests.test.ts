import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import type { KeptRequest } from '../../../provider/core/person/kept-records.ts';
import { listAskedRequests } from '../../../provider/flows/person/list-asked-requests.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { peopleIn } from '../world/people.ts';
import { ANA, startWorld } from '../world/world.ts';

const request = (id: string, issuedAt: number, more: Partial<KeptRequest> = {}): KeptRequest => ({
  request_id: id,
  profile_id: ANA.profileId,
  registration_id: 'registration-1',
  expires_at: NOW + 60,
  details: {},
  details_hash: 'hash',
  asked: { client_id: 'bank', scopes: [], audience: [] },
  devices_rung: 1,
  status: { state: 'pending', client_id: 'bank', issued_at: issuedAt, interval_seconds: 5, next_poll_at: 0 },
  ...more,
});

function listedWorld(...kept: readonly KeptRequest[]) {
  const world = startWorld();
  const { people } = peopleIn(world.journal, [ANA]);
  const personRecords = { readRequests: async (sub: string) => (sub === 'ana' ? kept : []) };
  const list = (sub = 'ana') => listAskedRequests({ ...world.ports, people, personRecords }, sub);
  return { ...world, list };
}

describe('an operator lists the requests that a user got', () => {
  it('the newest first, each with its attempts', async () => {
    const { list } = listedWorld(request('older', NOW - 50), request('newer', NOW - 10));
    const { requests } = valueFrom(await list());
    expect(requests.map(({ txn }) => txn)).toEqual([txnOf('newer'), txnOf('older')]);
    expect(requests[0]?.attempts).toEqual([{ kind: 'first', at: NOW - 10, devices: 1 }]);
  });

  it('but none of an earlier person with the same subject', async () => {
    const { list } = listedWorld(request('former', NOW - 50, { profile_id: 'profile-0' }));
    expect(valueFrom(await list())).toEqual({ requests: [] });
  });

  it('and is told when there is no such user', async () => {
    const { list } = listedWorld();
    expect(refusalOf(await list('bo'))).toEqual({ reason: 'not_found', what: 'user' });
  });

  it('and changes nothing, so the audit trail has nothing of it', async () => {
    const { list, trail } = listedWorld(request('one', NOW));
    await list();
    expect(trail).toEqual([]);
  });
});

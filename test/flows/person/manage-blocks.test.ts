import { describe, expect, it } from 'vitest';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import { listBlocks, unblockClient } from '../../../provider/flows/person/manage-blocks.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { blocksIn } from '../world/blocks.ts';
import { peopleIn } from '../world/people.ts';
import { ANA, startWorld } from '../world/world.ts';

const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  report: { at: NOW - 60, requestId: 'request-1' },
  denials: 1,
  deniedAt: NOW - 60,
};

function blocksWorld(block: ClientBlock = REPORTED) {
  const world = startWorld();
  const { blocks, blockEnds } = blocksIn(world.journal, [{ ...block, sub: 'ana' }]);
  const { people } = peopleIn(world.journal, [ANA], { blocks });
  const ports = { ...world.ports, people, blockEnds };
  const unblock = (clientId = 'bank') => unblockClient(ports, { sub: 'ana', clientId, by: 'operator' });
  return { ...world, ports, blocks, unblock };
}

describe('an operator', () => {
  it('sees which clients a user reported, and nothing of a former person with the same sub', async () => {
    const { ports } = blocksWorld();
    const seen = { client_id: 'bank', reported_at: NOW - 60, request_id: 'request-1', denials: 1 };
    expect(valueFrom(await listBlocks(ports, 'ana'))).toEqual({ blocks: [seen] });
    const former = blocksWorld({ ...REPORTED, profileId: 'profile-2' });
    expect(valueFrom(await listBlocks(former.ports, 'ana'))).toEqual({ blocks: [] });
    expect(refusalOf(await listBlocks(ports, 'bo'))).toEqual({ reason: 'not_found', what: 'user' });
  });

  it('ends a block, which the trail records before and after', async () => {
    const { unblock, journal, blocks } = blocksWorld();
    expect((await unblock()).ok).toBe(true);
    expect(journal.all).toEqual(['intended client_unblocked', 'end block of bank for ana', 'audit client_unblocked']);
    expect(blocks.size).toBe(0);
  });

  it('does not end a report that came after the one that was read', async () => {
    const { unblock, journal, blocks } = blocksWorld();
    const newer = { ...REPORTED, report: { at: NOW, requestId: 'request-2' } };
    journal.meanwhile('end block', () => blocks.set('ana bank', newer));
    expect(refusalOf(await unblock())).toEqual({ reason: 'conflict', what: 'block' });
    expect(blocks.get('ana bank')).toEqual(newer);
  });

  it('is told when there is nothing to end', async () => {
    expect(refusalOf(await blocksWorld().unblock('shop'))).toEqual({ reason: 'not_found', what: 'block' });
  });

  it('does not end a block that the trail cannot record', async () => {
    const { unblock, store, blocks } = blocksWorld();
    store.isOut = true;
    expect(refusalOf(await unblock())).toEqual({ reason: 'audit_unavailable' });
    expect(blocks.size).toBe(1);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { EvidenceKeysTable } from '../../provider/adapters/dynamodb/evidence-keys-table.ts';
import { KeptEvidenceKeysTable } from '../../provider/adapters/dynamodb/kept-evidence-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;

describeOnEngines('evidence keys', (name) => {
  let engine: EngineUnderTest;
  let keys: EvidenceKeysTable;
  let kept: KeptEvidenceKeysTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    const directory = new Table(engine.client, 'Directory');
    keys = new EvidenceKeysTable(directory, entropy);
    kept = new KeptEvidenceKeysTable(directory);
  });
  afterAll(() => engine?.close());
  const person = (sub = entropy.id(), profileId = entropy.id()) => ({ sub, profileId });

  it('are made once: of 20 concurrent calls each gets the same key of 256 bits', async () => {
    const owner = person();
    const made = await Promise.all(Array.from({ length: 20 }, () => keys.claim(owner, NOW)));
    expect(new Set(made.map(({ key }) => key)).size).toBe(1);
    expect(Buffer.from(made[0]?.key ?? '', 'base64url')).toHaveLength(32);
    expect(await kept.list(owner.sub)).toEqual([made[0]]);
  });

  it('are made once when the answer is lost', async () => {
    const owner = person();
    let isLost = false;
    engine.aws.interference = ({ action }) => {
      if (isLost || action !== 'PutItem') return undefined;
      isLost = true;
      return 'lose-answer';
    };
    const made = await keys.claim(owner, NOW);
    engine.aws.interference = undefined;
    expect(isLost).toBe(true);
    expect(await keys.claim(owner, NOW + 1)).toEqual(made);
  });

  it('of an earlier person with the subject are kept, and no old call of theirs makes another or takes one away', async () => {
    const former = person();
    const later = person(former.sub);
    const first = await keys.claim(former, NOW);
    const second = await keys.claim(later, NOW + 1);
    expect(second.key).not.toBe(first.key);
    // An old call of the earlier person, and then the later one again.
    expect((await keys.claim(former, NOW + 2)).key).toBe(first.key);
    expect((await keys.claim(later, NOW + 3)).key).toBe(second.key);
    const listed = await kept.list(former.sub);
    expect(listed.map(({ profileId }) => profileId).sort()).toEqual([former.profileId, later.profileId].sort());
    expect(new Set(listed.map(({ key }) => key))).toEqual(new Set([first.key, second.key]));
  });

  it('are erased with their profiles; the next claim makes another', async () => {
    const former = person();
    const later = person(former.sub);
    const [first, second] = [await keys.claim(former, NOW), await keys.claim(later, NOW)];
    await kept.erase({ sub: later.sub, profileIds: [later.profileId] });
    expect((await kept.list(former.sub)).map(({ key }) => key)).toEqual([first.key]);
    expect((await keys.claim(later, NOW)).key).not.toBe(second.key);
    await kept.erase({ sub: former.sub, profileIds: [former.profileId, later.profileId] });
    expect(await kept.list(former.sub)).toEqual([]);
    expect((await keys.claim(former, NOW)).key).not.toBe(first.key);
  });
});

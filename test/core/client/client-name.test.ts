import { describe, expect, it } from 'vitest';
import { judgeNameClaim, type NameFacts } from '../../../provider/core/client/client-name.ts';
import { NOW } from '../given.ts';

const BANK = { clientId: 'bank', registrationId: 'registration of bank' };
const SHOP = { clientId: 'shop', registrationId: 'registration of shop' };
const CLAIM = { ...BANK, revision: 2, claimedAt: NOW - 3600 };
const judge = (different: Partial<NameFacts> = {}, claim = CLAIM) =>
  judgeNameClaim(claim, {
    writer: { ...SHOP, revision: 1 },
    holder: { ...BANK, skeleton: 'harbor bank' },
    skeleton: 'harbor bank',
    now: NOW,
    ...different,
  });

describe('a claim on what a name looks like', () => {
  it('is taken while another client has a name that looks the same', () => {
    expect(judge()).toBe('taken');
  });

  it.each([
    ['is gone', { holder: undefined }],
    ['has another name by now', { holder: { ...BANK, skeleton: 'port bank' } }],
    ['is another one that got the same id', { holder: { ...BANK, registrationId: 'later', skeleton: 'harbor bank' } }],
  ])(
    'is free when its client %s, after a minute in which its client may be in the middle of being stored',
    (_, facts) => {
      expect(judge(facts)).toBe('free');
      expect(judge(facts, { ...CLAIM, claimedAt: NOW - 59 })).toBe('taken');
      expect(judge(facts, { ...CLAIM, claimedAt: NOW - 60 })).toBe('free');
    },
  );

  it('is its client’s own, unless a later change of the client has claimed it', () => {
    expect(judge({ writer: { ...BANK, revision: 2 } })).toBe('own');
    expect(judge({ writer: { ...BANK, revision: 1 } })).toBe('superseded');
  });
});

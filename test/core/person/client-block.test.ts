import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import { blockOf, type ClientBlock, pauseLeft, viewBlock } from '../../../provider/core/person/client-block.ts';
import { NOW } from '../given.ts';

const PAUSE = DEFAULTS.denialPause;
const BLOCK: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  denials: 1,
  deniedAt: NOW,
};
const client = { clientId: 'bank', registrationId: 'registration-1' };

describe('the pause after a denial (RFC 10027 §6.1.11)', () => {
  it.each([
    [1, 15],
    [2, 60],
    [3, 240],
    [4, 960],
    [5, 3600],
    [6, 3600],
    [10_000, 3600],
  ])('after %i denials in a row is %i seconds by default', (denials, seconds) => {
    const block = { ...BLOCK, denials };
    expect(pauseLeft(block, PAUSE, NOW)).toBe(seconds);
    expect(pauseLeft(block, PAUSE, NOW + seconds - 1)).toBe(1);
    expect(pauseLeft(block, PAUSE, NOW + seconds)).toBe(0);
  });

  it('has not begun before the denial that a reported client will hear of', () => {
    expect(pauseLeft({ ...BLOCK, deniedAt: NOW + 1 }, PAUSE, NOW)).toBe(0);
    expect(pauseLeft({ ...BLOCK, deniedAt: NOW + 1 }, PAUSE, NOW + 1)).toBe(15);
  });

  it('is none without a denial, without a block, and where pauses are switched off', () => {
    expect(pauseLeft({ ...BLOCK, denials: 0, deniedAt: 0 }, PAUSE, NOW)).toBe(0);
    expect(pauseLeft(undefined, PAUSE, NOW)).toBe(0);
    expect(pauseLeft(BLOCK, undefined, NOW)).toBe(0);
  });

  it('never shrinks with another denial and never exceeds the longest', () => {
    const pauses = fc.record({
      firstSeconds: fc.integer({ min: 1, max: 600 }),
      longestSeconds: fc.integer({ min: 600, max: 86_400 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), pauses, (denials, pause) => {
        const now = pauseLeft({ ...BLOCK, denials }, pause, NOW);
        expect(pauseLeft({ ...BLOCK, denials: denials + 1 }, pause, NOW)).toBeGreaterThanOrEqual(now);
        expect(now).toBeLessThanOrEqual(pause.longestSeconds);
      }),
    );
  });
});

describe('a block', () => {
  it('is of one registration of the client and of one person alone', () => {
    expect(blockOf([BLOCK], { client, profileId: 'profile-1' })).toBe(BLOCK);
    expect(blockOf([BLOCK], { client: { ...client, registrationId: 'registration-2' }, profileId: 'profile-1' })).toBe(
      undefined,
    );
    expect(blockOf([BLOCK], { client: { ...client, clientId: 'shop' }, profileId: 'profile-1' })).toBe(undefined);
    expect(blockOf([BLOCK], { client, profileId: 'profile-2' })).toBe(undefined);
  });

  it('is shown to operators with its report, its denials and the end of its pause', () => {
    const report = { at: NOW, requestId: 'request-1' };
    expect(viewBlock({ ...BLOCK, report }, PAUSE, NOW)).toEqual({
      client_id: 'bank',
      reported_at: NOW,
      request_id: 'request-1',
      denials: 1,
      paused_until: NOW + 15,
    });
    expect(viewBlock(BLOCK, PAUSE, NOW + 15)).toEqual({ client_id: 'bank', denials: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import type { ProviderAnswer, TrafficShift } from '../../../provider/core/operating/synthetic.ts';
import { testVersion } from '../../../provider/flows/operating/test-deployment.ts';
import { NOW } from '../../core/given.ts';
import { type Step, syntheticWorld } from './given.ts';

const SHIFT: TrafficShift = { functionName: 'token', from: 4, to: 5, isRollback: false };
const answer = (status: number, body: ProviderAnswer['body'] = {}): ProviderAnswer => ({ status, body });

/** A deployment whose new version gives these answers first, and whose versions before give those. */
function versionWorld(
  first: Partial<Record<Step, ProviderAnswer[]>> = {},
  { shift = SHIFT, before = {} }: { shift?: TrafficShift; before?: Partial<Record<Step, ProviderAnswer[]>> } = {},
) {
  const world = syntheticWorld(first);
  const live = syntheticWorld(before);
  const { call, ...rest } = world.ports;
  const tested: TrafficShift[] = [];
  const ports = {
    ...rest,
    readShift: async (deploymentId: string): Promise<TrafficShift | undefined> => {
      world.journal.begin(`read ${deploymentId}`);
      return shift;
    },
    callVersion: (one: TrafficShift) => {
      tested.push(one);
      return call;
    },
    callLive: live.ports.call,
  };
  return { ...world, ports, tested, live };
}
const logins = (calls: readonly string[]) => calls.filter((call) => call === 'read secret').length;

describe('a new version', () => {
  it('logs in before it gets calls, and does not wait when all is well', async () => {
    const { ports, tested, journal, time, live } = versionWorld();
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'passed' });
    expect(tested).toEqual([SHIFT]);
    expect(journal.calls.slice(0, 2)).toEqual(['read d-1', 'read secret']);
    expect([time.now, live.called]).toEqual([NOW, []]);
  });

  it('logs in anew after a failure that may pass, such as a secret that a warm function does not know yet', async () => {
    const { ports, journal } = versionWorld({ ask: [answer(401, { error: 'invalid_client' })] });
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'passed' });
    expect(journal.calls.filter((call) => call.startsWith('wait'))).toEqual(['wait 30 after 0']);
  });

  it('that always fails is refused after four logins in 90 seconds, far from the hour of CodeDeploy', async () => {
    const faults = Array.from({ length: 9 }, () => answer(500, { error: 'server_error' }));
    const { ports, journal, time } = versionWorld({ redeem: faults });
    const why = 'token request answers 500 server_error';
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'refused', why });
    expect([logins(journal.calls), time.now]).toEqual([4 + 1, NOW + 90]);
  });

  it('that says no is refused at once, because somebody can log in with the version before', async () => {
    const { ports, time, live } = versionWorld({ approve: [answer(409, { error: 'already_decided' })] });
    const why = 'approval answers 409 already_decided';
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'refused', why });
    expect(time.now).toBe(NOW);
    expect(live.called.length).toBe(8);
  });

  it('goes on if nobody can log in with the version before either: it may be a part of the repair', async () => {
    const no = [answer(400, { error: 'invalid_request' })];
    const { ports } = versionWorld({ approve: no }, { before: { approve: no } });
    const why = 'approval answers 400 invalid_request';
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'unproven', why });
  });

  it('is refused if the version before needs a second login: a failure that may pass proves nothing', async () => {
    const no = [answer(400, { error: 'invalid_request' })];
    const { ports } = versionWorld({ approve: no }, { before: { ask: [answer(401, { error: 'invalid_client' })] } });
    expect(await testVersion(ports, 'd-1')).toMatchObject({ outcome: 'refused' });
  });

  it('is not what a fault of the test itself says: the fault is thrown', async () => {
    const { ports } = versionWorld();
    const secret = { read: () => Promise.reject(new Error('no secret')) };
    await expect(testVersion({ ...ports, secret }, 'd-1')).rejects.toThrow('no secret');
  });

  it.each([
    { ...SHIFT, to: 3 },
    { ...SHIFT, isRollback: true },
  ])('is not tested when it is one that was there before: %o', async (shift) => {
    const { ports, journal } = versionWorld({}, { shift });
    expect(await testVersion(ports, 'd-1')).toEqual({ outcome: 'restored' });
    expect(journal.calls).toEqual(['read d-1']);
  });

  it('that cannot be known is not tested: it may be one that is restored', async () => {
    const { ports, journal } = versionWorld();
    expect(await testVersion({ ...ports, readShift: async () => undefined }, 'd-1')).toEqual({ outcome: 'unknown' });
    expect(journal.calls).toEqual([]);
  });
});

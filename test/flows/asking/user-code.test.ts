import { describe, expect, it } from 'vitest';
import { nobodyNamed } from '../../../provider/core/asking/concealment.ts';
import { NOW, refusalOf } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { CODE_OF_ANA } from '../world/user-codes.ts';
import { FIRST_REQUEST } from '../world/world.ts';
import { askingWorld } from './given.ts';

const CLIENT = { sendsUserCodes: true };
const CODES = [['ana', CODE_OF_ANA]] as const;
const protectedAna = (settings = {}) => askingWorld({ client: CLIENT, codes: CODES, settings });
/** The calls that a user code costs, in their order, among what happens before and after. */
const codeCalls = ({ journal }: { journal: { calls: readonly string[] } }) =>
  journal.calls.filter((call) => /code|hash|^create|^push/.test(call));

describe('a client that asks a person who has a user code (CIBA §7.1.2)', () => {
  it('asks them with the right code: the attempt is counted, then the code is hashed, then the attempt is given back', async () => {
    const world = protectedAna();
    expect((await world.ask({ user_code: '4711' })).ok).toBe(true);
    expect(world.rung).toHaveLength(1);
    expect(codeCalls(world).slice(0, 3)).toEqual([
      'count code-1 of ana by bank',
      'hash user code',
      'give back code-1 of ana by bank',
    ]);
  });

  it('reads the user once, as without a code', async () => {
    const world = protectedAna();
    await world.ask({ user_code: '4711' });
    expect(world.journal.calls.filter((call) => call === 'find user ana')).toHaveLength(1);
  });

  it('rings nobody with a wrong code, stores nothing, and uses up no limit of the person', async () => {
    const world = protectedAna();
    expect(refusalOf(await world.ask({ user_code: '4712' }))).toEqual({ reason: 'wrong_user_code' });
    expect([world.rung, [...world.requests.stored.keys()]]).toEqual([[], []]);
    expect(world.journal.calls).toContain(`give back ana of ${NOW}`);
    expect(world.journal.calls).not.toContain('give back code-1 of ana by bank');
  });

  it('is refused before anything is hashed if the attempt cannot be counted', async () => {
    const world = protectedAna();
    world.journal.breakAt('count code-1');
    await expect(world.ask({ user_code: '4711' })).rejects.toThrow();
    expect(codeCalls(world)).toEqual(['count code-1 of ana by bank']);
  });

  it.each(['4711', '4712'])(
    'after too many wrong codes is refused whatever it sends (%s), in the same time',
    async (code) => {
      const world = protectedAna();
      world.limits.code = { allowed: false, retryAfterSeconds: 60 };
      const refusal = refusalOf(await world.ask({ user_code: code }));
      expect(refusal).toEqual({ reason: 'too_many_wrong_user_codes', retryAfterSeconds: 60 });
      expect(codeCalls(world)).toEqual(['count code-1 of ana by bank', 'hash user code']);
    },
  );

  it('without a code is told that it is missing, and neither counts nor hashes', async () => {
    const world = protectedAna();
    expect(refusalOf(await world.ask())).toEqual({ reason: 'missing_user_code', because: 'not_sent' });
    expect(codeCalls(world)).toEqual([]);
  });

  it('cannot ask them if it is not registered for codes, although it sends the right one (CIBA §7.1)', async () => {
    const world = askingWorld({ codes: CODES });
    const refusal = refusalOf(await world.ask({ user_code: '4711' }));
    expect(refusal).toEqual({ reason: 'missing_user_code', because: 'client_not_registered' });
    expect(codeCalls(world)).toEqual([]);
  });

  it('gives a right attempt back if the person is not asked for another reason', async () => {
    const world = protectedAna();
    world.limits.user = { allowed: false, retryAfterSeconds: 9 };
    expect(refusalOf(await world.ask({ user_code: '4711' }))).toMatchObject({ reason: 'user_rate_limited' });
    expect(world.journal.calls).toContain('give back code-1 of ana by bank');
  });

  it('asks them although the attempt cannot be given back: it stays counted', async () => {
    const world = protectedAna();
    world.journal.breakAt('give back code-1');
    expect((await world.ask({ user_code: '4711' })).ok).toBe(true);
  });

  it('that was reported for fraud does not learn by a right code that it was reported', async () => {
    const report = { at: NOW - 100, requestId: 'request-0' };
    const block = { clientId: 'bank', registrationId: 'registration-1', profileId: 'profile-1', denials: 1 };
    const blocks = [{ ...block, deniedAt: NOW - 100, report }];
    const ask = (user_code: string) => askingWorld({ client: CLIENT, codes: CODES, blocks }).ask({ user_code });
    expect((await ask('4711')).ok).toBe(true);
    expect(refusalOf(await ask('4712'))).toEqual({ reason: 'wrong_user_code' });
  });
});

describe('a user code for a person who has none', () => {
  it.each([
    ['without one', []],
    ['whose subject a former person with a code had', [['ana', { ...CODE_OF_ANA, profileId: 'profile-0' }]] as const],
  ])('is ignored (%s), and costs the same as for one who has a code', async (_, codes) => {
    const world = askingWorld({ client: CLIENT, codes });
    expect((await world.ask({ user_code: '0000' })).ok).toBe(true);
    const guarded = protectedAna();
    await guarded.ask({ user_code: '4711' });
    const alike = (calls: readonly string[]) =>
      calls.map((call) => call.replace('no code', 'code-1').replace('hash for nobody', 'hash user code'));
    expect(alike(world.journal.calls)).toEqual(alike(guarded.journal.calls));
  });
});

describe('a user code for an unknown user (CIBA §7.1.2)', () => {
  it('is hashed once, although nobody is there to compare it with', async () => {
    const world = askingWorld({ client: CLIENT });
    const refusal = refusalOf(await world.ask({ user_code: '4711', login_hint: 'nobody@example.com' }));
    expect(refusal).toMatchObject({ reason: 'unknown_user' });
    expect(codeCalls(world)).toEqual(['hash for nobody']);
  });

  it('is hashed once for a blocked person, too', async () => {
    const world = protectedAna();
    const ana = world.users.get('ana');
    if (ana) world.users.set('ana', { ...ana, status: 'blocked' });
    expect(refusalOf(await world.ask({ user_code: '4712' }))).toEqual({ reason: 'unknown_user', because: 'blocked' });
    expect(codeCalls(world)).toEqual(['count code-1 of ana by bank', 'hash user code']);
  });
});

describe('where users are concealed', () => {
  const settings = { concealsUsers: true };
  const NOBODY = nobodyNamed({ kind: 'identifier', identifier: { type: 'email', value: 'nobody@example.com' } });

  it.each([
    ['missing', {}, 'missing_user_code', undefined],
    ['wrong', { user_code: '4712' }, 'wrong_user_code', undefined],
    ['right, after too many wrong ones', { user_code: '4711' }, 'too_many_wrong_user_codes', 60],
  ])('a code that is %s is accepted, rings nobody, and expires', async (_, form, concealed, locked) => {
    const world = protectedAna(settings);
    if (locked) world.limits.code = { allowed: false, retryAfterSeconds: locked };
    expect((await world.ask(form)).ok).toBe(true);
    expect(world.rung).toEqual([]);
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending', isConcealed: true });
    expect(world.line()).toMatchObject({ concealed });
  });

  it('a wrong code takes the same steps as a code for nobody, and for a person without a phone', async () => {
    const steps = async (world: ReturnType<typeof askingWorld>, sub: string, form = {}) => {
      await world.ask({ user_code: '4712', ...form });
      return world.journal.calls.map((call) =>
        call
          .replace(/\S+@example\.com/, 'HINT')
          .replaceAll(sub, 'SUB')
          .replace(/code-1|no code/, 'CODE')
          .replace('hash user code', 'hash for nobody'),
      );
    };
    const wrong = await steps(protectedAna(settings), 'ana');
    const unknown = await steps(protectedAna(settings), NOBODY.sub, { login_hint: 'nobody@example.com' });
    const phoneless = await steps(askingWorld({ client: CLIENT, settings, devices: [] }), 'ana');
    expect(wrong).toEqual(unknown);
    expect(phoneless).toEqual(unknown);
  });

  it('a right code, a wrong one and one too many cost the same calls, in the same order', async () => {
    const [right, wrong, locked] = [protectedAna(settings), protectedAna(settings), protectedAna(settings)];
    locked.limits.code = { allowed: false, retryAfterSeconds: 60 };
    for (const [world, user_code] of [
      [right, '4711'],
      [wrong, '4712'],
      [locked, '4711'],
    ] as const)
      expect((await world.ask({ user_code })).ok).toBe(true);
    const [count, hash] = ['count code-1 of ana by bank', 'hash user code'];
    expect(codeCalls(right).slice(0, 3)).toEqual([count, hash, 'give back code-1 of ana by bank']);
    for (const world of [wrong, locked])
      expect(codeCalls(world).slice(0, 3)).toEqual([count, hash, 'give back no code of ana by bank']);
  });

  it('a client that may ask one user alone takes as long for all others', async () => {
    const client = { ...CLIENT, onlySub: 'bo' };
    const world = askingWorld({ client, settings, codes: CODES, devices: [deviceNamed('phone')] });
    expect((await world.ask({ user_code: '4711' })).ok).toBe(true);
    expect(codeCalls(world)[1]).toBe('hash for nobody');
    expect(world.rung).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { checkAskable, checkNamed, type FoundUser } from '../../../provider/core/asking/askable.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { Refusal } from '../../../provider/core/refusal.ts';
import { refuse } from '../../../provider/core/result.ts';
import { DEVICE, refusalOf, USER as SOMEBODY } from '../given.ts';

const EMAIL = { type: 'email', value: 'ann@example.com' } as const;
const USER: User = { ...SOMEBODY, identifiers: [EMAIL] };
const UNREACHABLE: Device = {
  ...DEVICE,
  reach: { kind: 'sns', platform: 'GCM', endpointArn: 'arn:dead', push: 'unreachable' },
};
const over = { allowed: false, retryAfterSeconds: 7 } as const;
const KNOWN: FoundUser = {
  hint: { kind: 'identifier', identifier: EMAIL },
  clientLimit: { allowed: true },
  onlySub: undefined,
  isSynthetic: undefined,
  sub: 'user-1',
  differ: false,
  found: { user: USER, devices: [DEVICE], blocks: [], userCode: undefined },
  userLimit: { allowed: true },
  pauseSeconds: 0,
  openSeconds: 0,
  needsMessage: false,
  acrValues: undefined,
  userCode: { ok: true, value: true },
};
const withUser = (user: Partial<User>) => ({
  found: { user: { ...USER, ...user }, devices: [DEVICE], blocks: [], userCode: undefined },
});

/** Each way to be refused, in the order in which they are judged. */
const ORDER: readonly (readonly [name: string, Partial<FoundUser>, Refusal])[] = [
  ['the client over its limit', { clientLimit: over }, { reason: 'client_rate_limited', retryAfterSeconds: 7 }],
  [
    'the client that named too many unknown users',
    { clientLimit: { ...over, isGuessing: true } },
    { reason: 'too_many_unknown_users', retryAfterSeconds: 7 },
  ],
  ['a login identifier that nobody has', { sub: undefined }, { reason: 'unknown_user', because: 'no_such_identifier' }],
  [
    'a client that may name another user alone',
    { onlySub: 'user-2' },
    { reason: 'unknown_user', because: 'not_for_this_client' },
  ],
  [
    'the user of the synthetic login',
    { sub: 'synthetic-login' },
    { reason: 'unknown_user', because: 'not_for_this_client' },
  ],
  ['a subject without a profile', { found: undefined }, { reason: 'unknown_user', because: 'no_profile' }],
  [
    'a name that is no longer theirs',
    withUser({ identifiers: [] }),
    { reason: 'unknown_user', because: 'no_such_identifier' },
  ],
  [
    'a subject that was another person’s when the ID token was issued',
    { hint: { kind: 'sub', sub: 'user-1', namedAt: 99 }, ...withUser({ createdAt: 100 }) },
    { reason: 'unknown_user', because: 'earlier_person' },
  ],
  ['a blocked user', withUser({ status: 'blocked' }), { reason: 'unknown_user', because: 'blocked' }],
  ['a pause after denials', { pauseSeconds: 15 }, { reason: 'client_paused', retryAfterSeconds: 15 }],
  ['another open request', { openSeconds: 20 }, { reason: 'request_open', retryAfterSeconds: 20 }],
  ['no binding message beside another open request', { needsMessage: true }, { reason: 'binding_message_needed' }],
  ['a wrong user code', { userCode: refuse({ reason: 'wrong_user_code' }) }, { reason: 'wrong_user_code' }],
  ['the user over the limit', { userLimit: over }, { reason: 'user_rate_limited', retryAfterSeconds: 7 }],
  [
    'no device',
    { found: { user: USER, devices: [], blocks: [], userCode: undefined } },
    { reason: 'no_reachable_device', devices: 0 },
  ],
  [
    'devices that no push reaches',
    { found: { user: USER, devices: [UNREACHABLE], blocks: [], userCode: undefined } },
    { reason: 'no_reachable_device', devices: 1 },
  ],
  [
    'devices that cannot reach a class that the client asked for',
    { acrValues: [{ acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true }] },
    { reason: 'acr_out_of_reach', devices: 1 },
  ],
];

describe('names of different users', () => {
  it('name nobody (RFC 9493 §3.2.8)', () => {
    const refusal = { reason: 'unknown_user', because: 'different_users' };
    expect(refusalOf(checkNamed({ ...KNOWN, sub: undefined, differ: true }))).toEqual(refusal);
    expect(refusalOf(checkAskable({ ...KNOWN, sub: undefined, differ: true }))).toEqual(refusal);
  });
});

describe('a user may be asked', () => {
  it('when nothing speaks against it', () => {
    expect(checkAskable(KNOWN)).toEqual({ ok: true, value: KNOWN.found });
    expect(checkNamed(KNOWN)).toEqual({ ok: true, value: 'user-1' });
  });

  it('where no limits are set, and by the one user whom the client may name', () => {
    expect(checkAskable({ ...KNOWN, clientLimit: undefined, userLimit: undefined, onlySub: 'user-1' }).ok).toBe(true);
  });

  it('by the client of the synthetic login, if they are its user', () => {
    expect(checkNamed({ ...KNOWN, isSynthetic: true, sub: 'synthetic-login' }).ok).toBe(true);
  });

  it('over the limit too, if the client and the user are those of the synthetic login', () => {
    const synthetic = { ...KNOWN, isSynthetic: true, sub: 'synthetic-login', userLimit: over };
    expect(checkAskable(synthetic).ok).toBe(true);
    const reason = 'user_rate_limited';
    expect(refusalOf(checkAskable({ ...synthetic, sub: 'user-1' }))).toMatchObject({ reason });
    const unnamed = { reason: 'unknown_user', because: 'not_for_this_client' };
    expect(refusalOf(checkAskable({ ...synthetic, isSynthetic: undefined }))).toEqual(unnamed);
  });

  it('for a class that only one of their devices reaches', () => {
    const acrValues = [{ acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true }];
    const proof = { ...DEVICE.proof, verificationKey: DEVICE.proof.publicKey };
    const devices = [DEVICE, { ...DEVICE, deviceId: 'two', proof }];
    expect(
      checkAskable({ ...KNOWN, acrValues, found: { user: USER, devices, blocks: [], userCode: undefined } }).ok,
    ).toBe(true);
    const unreachable = [DEVICE, { ...UNREACHABLE, deviceId: 'two', proof }];
    expect(
      refusalOf(
        checkAskable({
          ...KNOWN,
          acrValues,
          found: { user: USER, devices: unreachable, blocks: [], userCode: undefined },
        }),
      ),
    ).toEqual({ reason: 'acr_out_of_reach', devices: 1 });
  });

  it('by the subject, whatever their names are', () => {
    const hint = { kind: 'sub', sub: 'user-1' } as const;
    expect(checkAskable({ ...KNOWN, hint, ...withUser({ identifiers: [] }) }).ok).toBe(true);
  });
});

describe('a user is not asked', () => {
  it.each(ORDER)('with %s', (_, different, refusal) => {
    expect(refusalOf(checkAskable({ ...KNOWN, ...different }))).toEqual(refusal);
  });

  it.each(ORDER.slice(0, 4))('nor read or counted with %s', (_, different, refusal) => {
    expect(refusalOf(checkNamed({ ...KNOWN, ...different }))).toEqual(refusal);
  });

  it('for the first reason of the order, whatever else speaks against it', () => {
    const earlier = ORDER.slice(0, 4).map(([, different]) => different);
    const later = {
      found: { user: { ...USER, status: 'blocked' as const }, devices: [], blocks: [], userCode: undefined },
      pauseSeconds: 15,
      userLimit: over,
    };
    for (const [index, different] of earlier.entries()) {
      const all = Object.assign({}, ...earlier.slice(index), later, different);
      expect(refusalOf(checkAskable({ ...KNOWN, ...all }))).toEqual(ORDER[index]?.[2]);
    }
    expect(refusalOf(checkAskable({ ...KNOWN, ...later }))?.reason).toBe('client_paused');
    expect(refusalOf(checkAskable({ ...KNOWN, ...later, pauseSeconds: 0, openSeconds: 9 }))?.reason).toBe(
      'request_open',
    );
    expect(refusalOf(checkAskable({ ...KNOWN, ...later, pauseSeconds: 0 }))).toMatchObject({ because: 'blocked' });
    const unnamed = {
      user: { ...USER, identifiers: [], status: 'blocked' as const },
      devices: [],
      blocks: [],
      userCode: undefined,
    };
    expect(refusalOf(checkAskable({ ...KNOWN, found: unnamed }))).toMatchObject({ because: 'no_such_identifier' });
    const paused = { pauseSeconds: 15, userLimit: over };
    expect(refusalOf(checkAskable({ ...KNOWN, ...paused }))?.reason).toBe('client_paused');
    const limited = { userLimit: over, found: { user: USER, devices: [], blocks: [], userCode: undefined } };
    expect(refusalOf(checkAskable({ ...KNOWN, ...limited }))?.reason).toBe('user_rate_limited');
  });
});

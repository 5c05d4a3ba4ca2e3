import { describe, expect, it } from 'vitest';
import type { ClientSecrets } from '../../../provider/core/client/client.ts';
import {
  changeSecrets,
  firstSecret,
  judgeSecret,
  LONGEST_OVERLAP_SECONDS,
  lastDaysOf,
  oldSecretEnd,
  type SecretRenewal,
  secretsOf,
} from '../../../provider/core/client/secrets.ts';
import { NOW, refusalOf, valueFrom } from '../given.ts';

const ONE: ClientSecrets = { secretHash: 'present' };
const TWO: ClientSecrets = {
  secretHash: 'present',
  oldSecret: { hash: 'old', expiresAt: NOW + 60, replacedAt: NOW - 60 },
};
const ENDED: ClientSecrets = {
  secretHash: 'present',
  oldSecret: { hash: 'old', expiresAt: NOW, replacedAt: NOW - 60 },
};
/** A secret with an end of its own. */
const ENDS: ClientSecrets = { secretHash: 'present', secretExpiresAt: NOW + 100 };
const change = (before: ClientSecrets | undefined, asked: Partial<SecretRenewal>) =>
  changeSecrets(before, { newSecret: false, newHash: 'new', ...asked }, NOW);
const NONE = {
  reason: 'invalid_client_metadata',
  member: 'old_secret_expires_in',
  expected: 'absent: the client has no old secret',
};

describe('a secret works', () => {
  it('if it is the present one, or the old one until the second of its end', () => {
    expect(judgeSecret('present', TWO, NOW)).toEqual({ state: 'works' });
    expect(judgeSecret('old', TWO, NOW + 59)).toEqual({ state: 'works' });
    expect(judgeSecret('old', TWO, NOW + 60)).toEqual({ state: 'ended' });
    expect(judgeSecret('present', TWO, NOW + 60)).toEqual({ state: 'works' });
  });

  it('until the second of its own end, if it has one (RFC 7591 §3.2.1)', () => {
    expect(judgeSecret('present', ENDS, NOW + 99)).toEqual({ state: 'works', endsAt: NOW + 100 });
    expect(judgeSecret('present', ENDS, NOW + 100)).toEqual({ state: 'ended' });
  });

  it('for no other text, and for no client that has no secret', () => {
    for (const secrets of [ONE, TWO, undefined])
      for (const hash of ['', 'other', 'presentold'])
        expect(judgeSecret(hash, secrets, 0)).toEqual({ state: 'unknown' });
  });
});

it('a client with keys has no secrets, and neither has nobody', () => {
  const credential = { method: 'client_secret_basic', ...TWO } as const;
  expect(secretsOf(credential)).toBe(credential);
  expect(secretsOf({ method: 'private_key_jwt', algorithms: [], keys: [] })).toBeUndefined();
  expect(secretsOf(undefined)).toBeUndefined();
});

it('two secrets work side by side for 30 days at most', () => {
  expect(LONGEST_OVERLAP_SECONDS).toBe(2_592_000);
});

describe('the end of the old secret', () => {
  it('is told while it works, and of no client with keys', () => {
    const end = (secrets: ClientSecrets) => oldSecretEnd({ method: 'client_secret_post', ...secrets }, NOW);
    expect([end(ONE), end(TWO), end(ENDED)]).toEqual([undefined, NOW + 60, undefined]);
    expect(oldSecretEnd({ method: 'private_key_jwt', algorithms: [], keys: [] }, NOW)).toBeUndefined();
  });
});

describe('a new secret', () => {
  it('leaves the old one as long as the change says, and ends it now if it says nothing or 0', () => {
    expect(valueFrom(change(ONE, { newSecret: true, oldSecretExpiresIn: 86_400 }))).toEqual({
      secretHash: 'new',
      oldSecret: { hash: 'present', expiresAt: NOW + 86_400, replacedAt: NOW },
    });
    for (const oldSecretExpiresIn of [0, undefined])
      expect(valueFrom(change(TWO, { newSecret: true, oldSecretExpiresIn }))).toEqual({ secretHash: 'new' });
  });

  it('is refused as a third one while two work: it would end one before its stated end', () => {
    expect(refusalOf(change(TWO, { newSecret: true, oldSecretExpiresIn: 60 }))).toEqual({
      reason: 'two_secrets_work',
      until: NOW + 60,
    });
    expect(valueFrom(change(ENDED, { newSecret: true, oldSecretExpiresIn: 60 }))).toEqual({
      secretHash: 'new',
      oldSecret: { hash: 'present', expiresAt: NOW + 60, replacedAt: NOW },
    });
  });

  it('is made for a client that had none, which has no old one to keep', () => {
    expect(valueFrom(change(undefined, {}))).toEqual({ secretHash: 'new' });
    expect(valueFrom(change(undefined, { newSecret: true }))).toEqual({ secretHash: 'new' });
    expect(refusalOf(change(undefined, { newSecret: true, oldSecretExpiresIn: 60 }))).toEqual(NONE);
  });
});

describe('a new secret in place of one that nobody knows', () => {
  const again = { newSecret: true, keepOldSecret: true };

  it('leaves the old one its end, so that the one secret that is known goes on working', () => {
    expect(valueFrom(change(TWO, again))).toEqual({ secretHash: 'new', oldSecret: TWO.oldSecret });
  });

  it('is refused where no old one works: the present one may be the one in use', () => {
    for (const before of [ONE, ENDED, undefined])
      expect(refusalOf(change(before, again))).toEqual({ ...NONE, member: 'keep_old_secret' });
  });

  it('is asked for with new_secret and without another end', () => {
    expect(refusalOf(change(TWO, { keepOldSecret: true }))).toMatchObject({ member: 'keep_old_secret' });
    const both = { ...again, oldSecretExpiresIn: 60 };
    expect(refusalOf(change(TWO, both))).toMatchObject({ member: 'old_secret_expires_in' });
  });
});

it('a secret that this change has made already is kept: only its answer was lost', () => {
  const made = { secretHash: 'new', oldSecret: { hash: 'old', expiresAt: NOW + 60, replacedAt: NOW } };
  expect(valueFrom(change(made, { newSecret: true, oldSecretExpiresIn: 60 }))).toBe(made);
  expect(valueFrom(change({ secretHash: 'new' }, {}))).toEqual({ secretHash: 'new' });
});

describe('a change without a new secret', () => {
  it('gives the old one no end later than 30 days after it was replaced', () => {
    const longest = LONGEST_OVERLAP_SECONDS - 60;
    expect(valueFrom(change(TWO, { oldSecretExpiresIn: longest })).oldSecret).toMatchObject({
      expiresAt: NOW - 60 + LONGEST_OVERLAP_SECONDS,
      replacedAt: NOW - 60,
    });
    expect(refusalOf(change(TWO, { oldSecretExpiresIn: longest + 1 }))).toEqual({
      reason: 'invalid_client_metadata',
      member: 'old_secret_expires_in',
      expected: `at most ${longest}: an old secret works for 30 days at most`,
    });
  });

  it('keeps both secrets', () => {
    expect(valueFrom(change(TWO, {}))).toBe(TWO);
  });

  it('gives the old one another end, or ends it now', () => {
    expect(valueFrom(change(TWO, { oldSecretExpiresIn: 10 }))).toEqual({
      secretHash: 'present',
      oldSecret: { hash: 'old', expiresAt: NOW + 10, replacedAt: NOW - 60 },
    });
    expect(valueFrom(change(TWO, { oldSecretExpiresIn: 0 }))).toEqual({ secretHash: 'present' });
  });

  it('brings no secret back that has ended', () => {
    for (const before of [ONE, ENDED]) expect(refusalOf(change(before, { oldSecretExpiresIn: 10 }))).toEqual(NONE);
  });
});

describe('the end of the only secret', () => {
  const inDays = (days: number) => NOW + days * 86_400;

  it('is so many days after the secret was made, for the first one and for every new one', () => {
    expect(firstSecret({ newHash: 'new', days: 90 }, NOW)).toEqual({ secretHash: 'new', secretExpiresAt: inDays(90) });
    expect(firstSecret({ newHash: 'new' }, NOW)).toEqual({ secretHash: 'new' });
    const made = { secretHash: 'new', secretExpiresAt: inDays(90) };
    expect(valueFrom(change(undefined, { days: 90 }))).toEqual(made);
    expect(valueFrom(change(ENDS, { newSecret: true, days: 90 }))).toEqual(made);
    const again = { newSecret: true, keepOldSecret: true, days: 90 };
    expect(valueFrom(change(TWO, again))).toEqual({ ...made, oldSecret: TWO.oldSecret });
  });

  it('is not moved by a change that names no other days: what is applied again and again extends nothing', () => {
    expect(valueFrom(change(ENDS, { days: 90 }))).toBe(ENDS);
  });

  it('is counted from now when a change names other days, or is gone when it names none', () => {
    const other = { days: 30, hasOtherDays: true };
    expect(valueFrom(change(ENDS, other))).toEqual({ secretHash: 'present', secretExpiresAt: inDays(30) });
    expect(valueFrom(change(TWO, other))).toEqual({ ...TWO, secretExpiresAt: inDays(30) });
    expect(valueFrom(change(ENDS, { hasOtherDays: true }))).toEqual(ONE);
  });

  it('brings no secret back that has ended', () => {
    const ended = { secretHash: 'present', secretExpiresAt: NOW };
    expect(refusalOf(change(ended, { days: 30, hasOtherDays: true }))).toEqual({
      reason: 'invalid_client_metadata',
      member: 'client_secret_days',
      expected: 'changed together with new_secret: the present secret has ended',
    });
    const renewed = change(ended, { newSecret: true, oldSecretExpiresIn: 3600, days: 30, hasOtherDays: true });
    expect(valueFrom(renewed)).toEqual({ secretHash: 'new', secretExpiresAt: inDays(30) });
  });

  it('holds for the old secret too: no overlap and no later change goes beyond it', () => {
    const rotated = valueFrom(change(ENDS, { newSecret: true, oldSecretExpiresIn: 3600 }));
    const oldSecret = { hash: 'present', expiresAt: NOW + 100, replacedAt: NOW, ownEnd: NOW + 100 };
    expect(rotated).toEqual({ secretHash: 'new', oldSecret });
    const shorter = valueFrom(changeSecrets(rotated, { newSecret: false, newHash: 'n', oldSecretExpiresIn: 60 }, NOW));
    expect(shorter.oldSecret).toEqual({ ...oldSecret, expiresAt: NOW + 60 });
    expect(
      refusalOf(changeSecrets(shorter, { newSecret: false, newHash: 'n', oldSecretExpiresIn: 101 }, NOW)),
    ).toMatchObject({ expected: 'at most 100: a secret works until its own end at most' });
  });

  it('is near in its last 14 days, and says how many whole days are left', () => {
    const left = (seconds: number) => lastDaysOf(NOW + seconds, NOW);
    expect([left(14 * 86_400 + 1), left(14 * 86_400), left(14 * 86_400 - 1), left(1)]).toEqual([undefined, 14, 13, 0]);
    expect(lastDaysOf(undefined, NOW)).toBeUndefined();
  });
});

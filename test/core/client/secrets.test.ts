import { describe, expect, it } from 'vitest';
import type { ClientSecrets } from '../../../provider/core/client/client.ts';
import {
  changeSecrets,
  isSecretHash,
  LONGEST_OVERLAP_SECONDS,
  oldSecretEnd,
  type SecretChange,
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
const change = (before: ClientSecrets | undefined, asked: Partial<SecretChange>) =>
  changeSecrets(before, { newSecret: false, newHash: 'new', ...asked }, NOW);
const NONE = {
  reason: 'invalid_client_metadata',
  member: 'old_secret_expires_in',
  expected: 'absent: the client has no old secret',
};

describe('a secret works', () => {
  it('if it is the present one, or the old one until the second of its end', () => {
    expect(isSecretHash('present', TWO, NOW)).toBe(true);
    expect(isSecretHash('old', TWO, NOW + 59)).toBe(true);
    expect(isSecretHash('old', TWO, NOW + 60)).toBe(false);
    expect(isSecretHash('present', TWO, NOW + 60)).toBe(true);
  });

  it('for no other text, and for no client that has no secret', () => {
    for (const secrets of [ONE, TWO, undefined])
      for (const hash of ['', 'other', 'presentold']) expect(isSecretHash(hash, secrets, 0)).toBe(false);
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

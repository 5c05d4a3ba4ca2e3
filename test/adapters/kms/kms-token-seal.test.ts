import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CallKms } from '../../../provider/adapters/kms/call-kms.ts';
import { KmsTokenSeal } from '../../../provider/adapters/kms/kms-token-seal.ts';
import type { DeliveryKey } from '../../../provider/core/keys/delivery-key.ts';

const NOW = 1_800_000_000;
const BODY = JSON.stringify({ access_token: 'seeded-token' });

/** A KMS that keeps each key under its `kid`, and tables with some keys. */
function sealOf(...kids: readonly string[]) {
  const secrets = new Map<string, Buffer>();
  const keys: DeliveryKey[] = [];
  const add = (kid: string) => {
    secrets.set(kid, randomBytes(32));
    keys.push({ kid, generation: keys.length + 1, ciphertext: Buffer.from(kid), createdAt: NOW });
  };
  for (const kid of kids) add(kid);
  const calls: object[] = [];
  let reads = 0;
  const kms: CallKms = async (action, input) => {
    calls.push({ action, ...input });
    const kid = Buffer.from((input as { CiphertextBlob: string }).CiphertextBlob, 'base64').toString();
    return { Plaintext: secrets.get(kid)?.toString('base64') };
  };
  const time = { now: NOW };
  const list = async () => {
    reads += 1;
    return [...keys];
  };
  const newSeal = () => new KmsTokenSeal({ list }, { kms, keyId: 'key-of-the-stack' }, () => time.now);
  return { seal: newSeal(), newSeal, add, keys, calls, time, readsOf: () => reads };
}

describe('tokens that wait for their delivery', () => {
  it('are sealed with the youngest key and opened with the key that they name, also by another instance', async () => {
    const { seal, newSeal, add } = sealOf('key-1');
    const before = await seal.seal(BODY, 'request-1');
    expect(before.kid).toBe('key-1');
    expect(Buffer.from(before.bytes).toString('latin1')).not.toContain('seeded-token');
    add('key-2');
    const other = newSeal();
    expect((await other.seal(BODY, 'request-1')).kid).toBe('key-2');
    expect(await other.open({ ...before, until: NOW }, 'request-1')).toBe(BODY);
  });

  it('are opened for their own request alone, and only whole', async () => {
    const { seal } = sealOf('key-1');
    const sealed = { ...(await seal.seal(BODY, 'request-1')), until: NOW };
    expect(await seal.open(sealed, 'request-2')).toBeUndefined();
    const bytes = Buffer.from(sealed.bytes);
    for (const at of [0, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await seal.open({ ...sealed, bytes: changed }, 'request-1'), `byte ${at}`).toBeUndefined();
    }
    expect(await seal.open({ ...sealed, kid: 'gone' }, 'request-1')).toBeUndefined();
  });

  it('never look the same twice', async () => {
    const { seal } = sealOf('key-1');
    const [one, other] = await Promise.all([seal.seal(BODY, 'request-1'), seal.seal(BODY, 'request-1')]);
    expect(Buffer.from(one.bytes).equals(Buffer.from(other.bytes))).toBe(false);
  });

  it('cost a warm function no call of KMS, and one read in five minutes', async () => {
    const { seal, calls, time, readsOf } = sealOf('key-1');
    for (let times = 0; times < 5; times += 1)
      await seal.open({ ...(await seal.seal(BODY, 'request-1')), until: NOW }, 'request-1');
    const EncryptionContext = { purpose: 'ciba-delivery-key', kid: 'key-1' };
    expect(calls).toMatchObject([{ action: 'Decrypt', KeyId: 'key-of-the-stack', EncryptionContext }]);
    expect(readsOf()).toBe(1);
    time.now += 300;
    await seal.seal(BODY, 'request-1');
    expect([calls.length, readsOf()]).toEqual([1, 2]);
  });

  it('are not sealed while there is no key, and are as soon as there is one', async () => {
    const { seal, add } = sealOf();
    await expect(seal.seal(BODY, 'request-1')).rejects.toThrow('there is no delivery key');
    add('key-1');
    expect((await seal.seal(BODY, 'request-1')).kid).toBe('key-1');
  });
});

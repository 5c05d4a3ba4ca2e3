import { generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import { JoseSigner } from '../../../provider/adapters/jose/jose-signer.ts';
import { KeyCache } from '../../../provider/adapters/key-cache.ts';
import type { SigningKey, SigningKeyState } from '../../../provider/core/keys/signing-key.ts';

const NOW = 1_800_000_000;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = (generation: number, state: SigningKeyState): SigningKey => ({
  kid: `kid-${generation}`,
  algorithm: 'ES256',
  generation,
  state,
  publicKey: { kty: 'EC' },
  createdAt: NOW,
});

/** A warm function that has read the first of these states; each further read finds the next. */
function signerWith(...reads: SigningKey[][]) {
  const deleted = new Set<string>();
  let count = 0;
  const list = async () => reads[Math.min(count++, reads.length - 1)] ?? [];
  const cache = new KeyCache({ list, all: list }, () => NOW);
  const signer = new JoseSigner(cache, {
    open: async ({ kid }) => (deleted.has(kid) ? undefined : privateKey),
  });
  const claims = { iss: 'https://op.example/', aud: 'a', iat: NOW, exp: NOW + 60 };
  const kidOf = async () => decodeProtectedHeader(await signer.sign(claims, { algorithm: 'ES256', type: 'JWT' })).kid;
  return { deleted, kidOf, readCount: () => count };
}

it('signs with the active key, and reads the keys once', async () => {
  const { kidOf, readCount } = signerWith([key(1, 'active'), key(2, 'next')]);
  expect(await kidOf()).toBe('kid-1');
  expect(await kidOf()).toBe('kid-1');
  expect(readCount()).toBe(1);
});

it('reads the keys anew when the private half of the active key was deleted: it was revoked since', async () => {
  const { kidOf, deleted, readCount } = signerWith(
    [key(1, 'active'), key(2, 'next')],
    [key(1, 'revoked'), key(2, 'active')],
  );
  deleted.add('kid-1');
  expect(await kidOf()).toBe('kid-2');
  expect(await kidOf()).toBe('kid-2');
  expect(readCount()).toBe(2);
});

it('reads the keys anew when none is active, and fails when that does not help', async () => {
  expect(await signerWith([key(1, 'next')], [key(1, 'active')]).kidOf()).toBe('kid-1');
  await expect(signerWith([key(1, 'gone'), key(2, 'revoked')]).kidOf()).rejects.toThrow('no active ES256');
});

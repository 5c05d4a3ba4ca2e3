import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spec } from '../../lambdas/device/function.ts';
import { decidingWording } from '../../provider/core/deciding/refusals.ts';
import { type DeviceAuthenticationFailure, deviceWording } from '../../provider/core/device/refusals.ts';
import { root } from '../support/code-blocks.ts';
import { VECTORS_FILE, vectorsFile } from '../support/device-vectors/file.ts';
import { VECTORS } from '../support/device-vectors/vectors.ts';

const file = readFileSync(join(root, VECTORS_FILE), 'utf8');
const refusals = VECTORS.flatMap(({ answer }) => ('refusal' in answer ? [answer.refusal] : []));

/** Why a device is not believed. A new reason does not compile without a line here. */
const FAILURES: Readonly<Record<DeviceAuthenticationFailure, true>> = {
  no_credential: true,
  malformed: true,
  unknown_device: true,
  user_blocked: true,
  type: true,
  algorithm: true,
  signature: true,
  replayed: true,
};

describe('the vectors of the device API', () => {
  it('are what npm run docs writes', () => {
    expect(vectorsFile(file)).toBe(file);
  });

  it('have a name each', () => {
    expect(new Set(VECTORS.map(({ name }) => name)).size).toBe(VECTORS.length);
  });

  it.each(spec.routes)('have calls of %s that are accepted, and calls that are refused', (route) => {
    const answers = VECTORS.filter((vector) => vector.route === route).map(({ answer }) => 'refusal' in answer);
    expect([...new Set(answers)].sort()).toEqual([false, true]);
  });

  it.each(Object.keys({ ...deviceWording, ...decidingWording }))('have the refusal %s', (reason) => {
    expect(refusals.filter((refusal) => refusal.reason === reason)).not.toEqual([]);
  });

  it.each(Object.keys(FAILURES))('have a device that is not believed: %s', (because) => {
    const failures = refusals.flatMap((one) => (one.reason === 'device_not_authenticated' ? [one.because] : []));
    expect(failures).toContain(because);
  });

  it('hold no private key', () => {
    expect(file).not.toMatch(/"(d|p|q|dp|dq|qi)":|PRIVATE KEY/);
  });
});

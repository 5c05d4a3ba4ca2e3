import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MakeKeyPair, makeKeyPair } from '../../local/aws/kms.ts';
import type { RuntimeOptions } from '../../local/runtime/runtime.ts';
import { record } from './openapi/traffic.ts';

/** RSA keys of earlier tests. Each takes a tenth of a second to make, and most providers of tests need two. */
const KEYS = fileURLToPath(new URL('../../node_modules/.cache/test-keys', import.meta.url));
/** How many keys are kept. A file of tests that needs more makes new ones. */
const MOST_KEYS = 24;

let taken = 0;

/**
 * Returns what makes a provider start fast: bundled functions, if this run of the tests has prepared them, and RSA keys
 * that earlier tests made. No two key pairs of one file are the same. Its calls are recorded, if this run wants that.
 */
export function prepared(): Pick<RuntimeOptions, 'bundles' | 'makeKeyPair' | 'onExchange'> {
  const folder = process.env['TEST_PREPARED'];
  const bundles = folder === undefined ? {} : { bundles: `${folder}/functions` };
  return { ...bundles, makeKeyPair: takeKeyPair, onExchange: record };
}

const takeKeyPair: MakeKeyPair = async (type) => {
  if (type === 'ec' || taken === MOST_KEYS) return makeKeyPair(type);
  taken += 1;
  const path = `${KEYS}/${taken}.pem`;
  const kept = readKey(path);
  if (kept) return kept;
  const made = await makeKeyPair(type);
  mkdirSync(KEYS, { recursive: true });
  // Several processes may make the same key at the same time.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, made.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  renameSync(draft, path);
  return made;
};

function readKey(path: string): Awaited<ReturnType<MakeKeyPair>> | undefined {
  try {
    const privateKey = createPrivateKey(readFileSync(path));
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
}

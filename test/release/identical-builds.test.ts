import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { oldestNode } from './support/nodes.ts';
import { cleanEnvironment, sha256Of } from './support/project.ts';

// Whoever has the sources can make the packages again and compare. Two clones at different paths make them, on other
// versions of Node, with another umask, language, time zone and clock.

const run = promisify(execFile);
/** The build as one file, so that Node 20 runs it, in the folder of its sources, because they find files from there. */
const ONE_FILE = 'release/build/on-node-20.mjs';
const YEAR_MILLISECONDS = 365 * 86_400_000;
const clones: string[] = [];

/** Copies what git has or would add, as a clone, and installs its packages. */
async function clone(name: string): Promise<string> {
  const around = mkdtempSync(join(tmpdir(), 'ciba-clone-'));
  clones.push(around);
  const folder = join(around, name);
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.split('\0').filter((one) => one !== '' && existsSync(join(root, one)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, env: cleanEnvironment() });
  return folder;
}

/** Returns the SHA-256 of each file of dist/packages, by its name. */
function digestsIn(folder: string): Record<string, string> {
  const packages = join(folder, 'dist/packages');
  return Object.fromEntries(readdirSync(packages).map((file) => [file, sha256Of(join(packages, file))]));
}

let one: string;
let other: string;

beforeAll(async () => {
  [one, other] = await Promise.all([clone('one'), clone('another-folder/deeper/with spaces')]);
}, 900_000);
afterAll(() => {
  for (const folder of clones) rmSync(folder, { recursive: true, force: true });
});

describe('two builds of the same sources', () => {
  it('make the same bytes, at other paths, on other versions of Node, and in another place and time', async () => {
    await run('sh', ['-c', 'umask 022; npm run packages'], {
      cwd: one,
      env: { ...cleanEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
    });

    await build({
      absWorkingDir: other,
      entryPoints: ['release/build/packages.ts'],
      outfile: ONE_FILE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      // package.json says that modules have no side effects. This one has nothing else.
      ignoreAnnotations: true,
      inject: ['release/serverless-ciba-cli/node-20.ts'],
    });
    // What an earlier build left, and files that are not in git.
    mkdirSync(join(other, 'dist/functions/token'), { recursive: true });
    writeFileSync(join(other, 'dist/functions/token/left.mjs'), 'export const left = 1;');
    writeFileSync(join(other, 'later.mjs'), laterBy(7 * YEAR_MILLISECONDS));
    const command = `umask 077; "${oldestNode()}" --import ./later.mjs ${ONE_FILE}`;
    const env = { ...cleanEnvironment(), LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' };
    await run('sh', ['-c', command], { cwd: other, env });

    const digests = digestsIn(one);
    expect(Object.keys(digests)).toHaveLength(3);
    expect(digestsIn(other)).toEqual(digests);
    for (const [file, digest] of Object.entries(digests)) console.log(`${digest}  ${file}`);
  }, 900_000);
});

/** Returns a module that makes the clock of a process go ahead. */
function laterBy(milliseconds: number): string {
  return `const Machine = Date;
const now = () => Machine.now() + ${milliseconds};
globalThis.Date = class extends Machine {
  constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
  static now() { return now(); }
};
`;
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../support/code-blocks.ts';

const run = promisify(execFile);
const CACHE = join(root, 'node_modules/.cache/clients');

/**
 * Installs what a folder of `test/clients/` pins, once: `install` fills a copy of the folder in the cache. Returns that
 * copy. Other pins have another copy.
 */
export function installed(language: string, install: (folder: string) => Promise<void>): Promise<string> {
  const folder = folders.get(language) ?? installInto(language, install);
  folders.set(language, folder);
  return folder;
}

/** What this process has asked for. */
const folders = new Map<string, Promise<string>>();

async function installInto(language: string, install: (folder: string) => Promise<void>): Promise<string> {
  const pins = join(root, 'test/clients', language);
  const hash = createHash('sha256');
  const files = globSync('*', { cwd: pins }).sort();
  hash.update(install.toString());
  for (const file of files) hash.update(file).update(readFileSync(join(pins, file)));
  const folder = join(CACHE, `${language}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  // A temporary folder beside the final one, so that a rename moves it as a whole.
  const work = await mkdtemp(join(CACHE, 'installing-'));
  try {
    for (const file of files) await cp(join(pins, file), join(work, file));
    await install(work);
    // Another process may have been faster.
    await rename(work, folder).catch((error: Error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a program that installs something. Throws what it printed if it fails. */
export async function runInstaller(program: string, args: readonly string[], cwd: string): Promise<void> {
  await run(program, [...args], { cwd, maxBuffer: 2 ** 26 }).catch((error: { stdout: string; stderr: string }) => {
    const printed = `${error.stdout}${error.stderr}`.trim().split('\n').slice(-10).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed: ${printed}`);
  });
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/emulator/', import.meta.url));
/** The oldest Python for which every package of the list exists. Debian names the parts of `venv` separately. */
const CHECK = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
const PYTHONS = ['python3', 'python'];

/** Returns the command of a Python that can make virtual environments. Undefined if there is none. */
export async function findPython(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    const fits = await run(python, ['-c', CHECK]).then(
      () => true,
      () => false,
    );
    if (fits) return python;
  }
  return undefined;
}

/** The Python of the virtual environment. Another list of packages has another environment. */
export function emulatorPython(): string {
  const list = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  return join(CACHE, list, 'bin/python');
}

/** Whether the emulator has been installed on this machine. */
export function isEmulatorInstalled(): boolean {
  return existsSync(emulatorPython());
}

/**
 * Installs the emulator into a virtual environment if needed: exactly the files in the list, none of which runs code
 * while it is installed. Throws an error that says why it could not.
 */
export async function installEmulator(): Promise<void> {
  if (isEmulatorInstalled()) return;
  const python = await findPython();
  if (python === undefined) throw new Error('there is no Python 3.11 or newer with venv on this machine');
  await mkdir(CACHE, { recursive: true });
  // A temporary folder beside the final one, so that a rename moves it as a whole, even if two processes install.
  const work = await mkdtemp(join(CACHE, 'installing-'));
  try {
    await run(python, ['-m', 'venv', work]);
    const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
    await run(join(work, 'bin/python'), ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS]);
    await rename(work, join(emulatorPython(), '../..'));
  } catch (error) {
    if (!isEmulatorInstalled()) throw new Error(`pip could not install it: ${lastLine(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function lastLine(error: unknown): string {
  const { message, stderr = '' } = error as Error & { stderr?: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}

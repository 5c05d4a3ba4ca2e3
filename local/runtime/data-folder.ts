import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError, systemCodeOf } from './start-error.ts';

/** Errors of the file system in words that say what to change. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only disk',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'part of its path is a file, not a folder',
  ENOENT: 'it can not be made there',
};

/** Takes a data folder for this process alone, and makes it when there is none. Returns how to give it back. */
export async function takeDataFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, 'lock');
  try {
    await mkdir(folder, { recursive: true });
    await dropStaleLock(lock);
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = systemCodeOf(error) ?? 'unknown';
    throw new StartError(`--data ${folder} can not be used: ${REASONS[code] ?? code}`);
  }
  return () => rm(lock, { force: true });
}

/** A lock whose process is gone was left by a crash. */
async function dropStaleLock(lock: string): Promise<void> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
  if (owner === 0 || !Number.isInteger(owner)) return rm(lock, { force: true });
  if (isRunning(owner))
    throw new StartError(
      `--data ${lock.slice(0, -'/lock'.length)} is in use by another "npm start" (process ${owner})`,
    );
  return rm(lock, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

/** Phones and tokens of a folder name the issuer they were made for, so another port would be another provider. */
export function checkSameIssuer(folder: string, before: string | undefined, issuer: string): void {
  if (before === undefined || before === issuer) return;
  const { port } = new URL(before);
  throw new StartError(`--data ${folder} belongs to ${before}: start it with --port ${port}, or choose another folder`);
}

import { access, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { installation } from '../installation.ts';
import { StartError, systemCodeOf } from './start-error.ts';

/** Explanations for errors of the file system. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  EROFS: 'it is on a read-only disk',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'part of its path is a file, not a folder',
  ENOENT: 'it could not be created there',
};

/** Locks a data folder for this process, and creates it if needed. Returns the function that unlocks it. */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, 'lock');
  try {
    await makeFolder(folder);
    await dropStaleLock(lock);
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = systemCodeOf(error) ?? 'unknown';
    throw new StartError(`--data ${folder} cannot be used: ${REASONS[code] ?? code}`);
  }
  return () => rm(lock, { force: true });
}

/**
 * Makes a folder and those above it, one at a time. `mkdir` with `recursive` never returns below `/proc`, where nothing
 * can be made and the error says that the folder above is missing.
 */
async function makeFolder(folder: string): Promise<void> {
  const above = dirname(folder);
  if (!(await exists(above))) await makeFolder(above);
  await mkdir(folder).catch(async (error: unknown) => {
    const isThere = systemCodeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory();
    if (!isThere) throw error;
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Removes a lock whose process no longer runs, for example after a crash. Throws if it still runs. */
async function dropStaleLock(lock: string): Promise<void> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
  if (owner === 0 || !Number.isInteger(owner)) return rm(lock, { force: true });
  if (isRunning(owner))
    throw new StartError(
      `--data ${lock.slice(0, -'/lock'.length)} is in use by another "${installation.startCommand}" (process ${owner})`,
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

/** What a folder is tied to. Its phones and tokens name the issuer, and each engine has its own form of tables. */
export const keptRuntime = v.object({ issuer: v.string(), engine: v.string() });
export type KeptRuntime = v.InferOutput<typeof keptRuntime>;

/** Throws if a folder was made for another issuer, which includes the port, or by another engine. */
export function checkSameRuntime(folder: string, before: KeptRuntime | undefined, now: KeptRuntime): void {
  if (before === undefined) return;
  if (before.issuer !== now.issuer)
    throw new StartError(
      `--data ${folder} belongs to ${before.issuer}: start it with ${optionsFor(before.issuer)}, or choose another folder`,
    );
  if (before.engine !== now.engine)
    throw new StartError(
      `--data ${folder} was made with --dynamodb ${before.engine}: start it with that engine, or choose another folder`,
    );
}

/** The options that make a runtime this issuer. */
function optionsFor(issuer: string): string {
  const { protocol, hostname, port, origin } = new URL(issuer);
  if (hostname !== 'localhost') return `--issuer ${origin}`;
  return protocol === 'https:' ? `--https --https-port ${port}` : `--port ${port}`;
}

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockDataFolder } from '../../../local/runtime/data-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ciba-folder-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the folder of --data', () => {
  it('is made with the folders above it, locked, and unlocked again', async () => {
    const deep = join(folder, 'a/b/c');
    const unlock = await lockDataFolder(deep);
    expect(existsSync(join(deep, 'lock'))).toBe(true);
    await unlock();
    expect(existsSync(join(deep, 'lock'))).toBe(false);
  });

  it('is refused in one sentence where a file is in the way', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(lockDataFolder(file)).rejects.toThrow(/cannot be used: it is a file, not a folder$/);
    await expect(lockDataFolder(join(file, 'below'))).rejects.toThrow(/cannot be used: part of its path is a file/);
  });

  // There the recursive mkdir of Node 24 never returns.
  it.skipIf(!existsSync('/proc/self'))('is refused where nothing can be made', async () => {
    await expect(lockDataFolder('/proc/ciba/data')).rejects.toThrow(/cannot be used: it could not be created there$/);
  });
});

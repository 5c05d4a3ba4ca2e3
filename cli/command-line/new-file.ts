import { writeFileSync } from 'node:fs';
import { Refused } from './failure.ts';
import { systemCodeOf } from './system-error.ts';

/** Writes a file that only its owner can read. It never replaces a file. */
export function writeNewFile(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = systemCodeOf(error);
    throw new Refused(code === 'EEXIST' ? `${path} exists: choose another name` : `${path} can't be written: ${code}`);
  }
}

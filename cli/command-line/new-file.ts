import { writeFileSync } from 'node:fs';
import { Refused } from './failure.ts';
import { systemCodeOf } from './system-error.ts';

/** Writes a file that only its owner can read. It never replaces a file. */
export function writeNewFile(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') throw new Refused(`${path} exists.`, 'Choose another name.');
    throw new Refused(`${path} can't be written (${code}).`, 'Choose another place, or change its permissions.');
  }
}

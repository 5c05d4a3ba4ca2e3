import { closeSync, existsSync, fchmodSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { Refused } from '../command-line/failure.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import type { RejectedLine } from './checked-lines.ts';
import { REPORT_FIELDS } from './user-fields.ts';

const [, MARK] = REPORT_FIELDS;

/** Refuses a place for the report that holds something else. The report of an earlier run is replaced. */
export function checkReportPlace(path: string): void {
  if (!existsSync(path)) return;
  const [first = ''] = readFileSync(path, 'utf8').split('\n', 1);
  if (first !== '' && !first.includes(MARK))
    throw new Refused(`${path} exists, and is no report of rejected lines.`, 'Choose another name for --rejected.');
}

/**
 * Writes the rejected lines in the form of the file, each with its reason, so that they can be corrected and imported.
 * Only the owner can read the report, because it names people.
 */
export function writeReport(path: string, header: string | undefined, rejected: readonly RejectedLine[]): void {
  const lines = rejected.map(({ line, reason }) => line.rejected(reason));
  const text = [...(header === undefined ? [] : [header]), ...lines].map((line) => `${line}\n`).join('');
  try {
    writePrivately(path, text);
  } catch (error) {
    throw new Refused(`${path} can't be written (${systemCodeOf(error)}).`, 'Choose another place for --rejected.');
  }
}

/** A file that is there keeps its permissions when it is opened, so they are taken away before anything is written. */
function writePrivately(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    if (fstatSync(file).isFile()) fchmodSync(file, 0o600);
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

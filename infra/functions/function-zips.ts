import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Zippable, zipSync } from 'fflate';
import { bundleFunctions, filesOfBundle } from './bundles.ts';

/** The zips that are deployed, `<function>.zip`. */
const ZIPS = fileURLToPath(new URL('../../dist/function-zips/', import.meta.url));

/**
 * A zip keeps the local time of a file, so the time of each entry is the same local time everywhere. Noon exists in
 * every time zone on that day.
 */
const TIME = new Date('1980-01-01T12:00:00');
/** Unix, so that the attributes below are the mode of the file: a regular file that everybody may read. */
const UNIX = 3;
const MODE = (0o100644 << 16) >>> 0;

/**
 * Zips the bundle of a function, and returns the path of the zip. The same bundle makes the same bytes on every machine:
 * entries are in the order of their names, and fflate compresses alike in every version of Node, unlike `node:zlib`.
 */
export function zipFunction(name: string): string {
  const folder = join(bundleFunctions(), name);
  const entries: Zippable = {};
  for (const file of filesOfBundle(name))
    entries[file] = [
      new Uint8Array(readFileSync(join(folder, file))),
      { level: 9, mtime: TIME, os: UNIX, attrs: MODE },
    ];
  const path = join(ZIPS, `${name}.zip`);
  mkdirSync(ZIPS, { recursive: true });
  // Other processes may read the zip at the same time.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, zipSync(entries));
  renameSync(draft, path);
  return path;
}

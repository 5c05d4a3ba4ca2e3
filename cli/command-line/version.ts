import { readFileSync } from 'node:fs';
import { parseJsonObject } from './json-object.ts';

/** Returns the version of this command, which is that of the provider in the same folder. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String(parseJsonObject(text)?.['version']);
}

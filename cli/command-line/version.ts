import { readFileSync } from 'node:fs';
import { installation } from '../../local/installation.ts';
import { parseJsonObject } from './json-object.ts';

/** Returns the version of this command, which is that of the provider in the same folder. */
export function ownVersion(): string {
  const text = readFileSync(installation.packageFile, 'utf8');
  return String(parseJsonObject(text)?.['version']);
}

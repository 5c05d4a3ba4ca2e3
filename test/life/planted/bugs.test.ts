import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken } from '../../must/copy.ts';
import { PLANTED_BUGS } from './bugs.ts';

const ROOT = join(import.meta.dirname, '../../..');

describe('a planted bug', () => {
  it.each(PLANTED_BUGS)('$name changes a text that its source has exactly once', (bug) => {
    expect(broken(readFileSync(join(ROOT, bug.file), 'utf8'), bug)).toBeDefined();
  });
});

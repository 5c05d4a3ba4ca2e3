import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { PICTURES } from '../support/demo-picture.ts';

const README = readFileSync(join(root, 'README.md'), 'utf8');

describe('the pictures of README.md', () => {
  it('are those that npm run docs:picture writes, light and dark', () => {
    const named = [...README.matchAll(/(?:src|srcset)="docs\/([^"]+)"/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.values(PICTURES).sort());
  });

  it.each(Object.values(PICTURES))('docs/%s is a WebP of at most 200 KB', (name) => {
    const bytes = readFileSync(join(root, 'docs', name));
    expect(bytes.subarray(8, 12).toString()).toBe('WEBP');
    expect(bytes.length).toBeLessThanOrEqual(200_000);
  });
});

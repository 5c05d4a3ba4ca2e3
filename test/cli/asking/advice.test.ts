import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../cli/asking/advice.ts';
import { root } from '../support/ciba-process.ts';

/** The error codes that a room's refusals have on the wire. */
function codesIn(room: string): readonly string[] {
  const files = globSync(`provider/core/${room}/**/*.ts`, { cwd: root });
  const texts = [...files, 'provider/core/refusal-wording.ts'].map((path) => readFileSync(join(root, path), 'utf8'));
  return texts.flatMap((text) =>
    [...text.matchAll(/wording\(\s*[45]\d\d,\s*'([a-z_]+)'/g)].map(([, code = '']) => code),
  );
}

const codes = [...new Set(['asking', 'token', 'deciding'].flatMap(codesIn))].filter(
  // What a client library handles by itself.
  (code) => !['authorization_pending', 'slow_down'].includes(code),
);
const OF_PHONES = [
  'details_mismatch',
  'insufficient_user_authentication',
  'already_decided',
  'expired',
  'withdrawn',
  'not_found',
  'invalid_device',
  'conflict',
  'withdrawn',
];
const seen = codes.filter((code) => !OF_PHONES.includes(code));
const other = adviceFor({ error: 'of_a_later_version', status: 400 });

describe('what a client is told to do', () => {
  it.each(seen)('after %s is about that error', (error) => {
    expect(seen.length).toBeGreaterThan(8);
    expect(adviceFor({ error, status: 400 })).not.toEqual(other);
  });

  it('differs for a denial and for a limit, which have the same code (CIBA §11, §13)', () => {
    expect(adviceFor({ error: 'access_denied', status: 400 }).means).toMatch(/^The user said no/);
    expect(adviceFor({ error: 'access_denied', status: 403 }).means).toMatch(/^A limit protects the user/);
  });

  it.each([...seen, 'of_a_later_version', 'server_error', 'temporarily_unavailable'])(
    'after %s names a page with that heading',
    (error) => {
      for (const status of [400, 403, 429, 500]) {
        const [page = '', anchor] = adviceFor({ error, status }).page.split('#');
        const headings = readFileSync(join(root, page), 'utf8').match(/^#+ .*$/gm) ?? [];
        const anchors = headings.map((line) =>
          line
            .replace(/^#+ /, '')
            .toLowerCase()
            .replaceAll(/[^\w\- ]/g, '')
            .replaceAll(' ', '-'),
        );
        expect(anchors).toContain(anchor);
      }
    },
  );
});

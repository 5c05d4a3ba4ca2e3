import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CERTIFICATION } from '../must/certification.ts';
import type { NamedTest } from '../must/requirement.ts';
import { REQUIREMENTS } from '../must/requirements.ts';
import { CONFORMANCE_PAGE, testsOf, withConformanceTables } from '../support/conformance-page.ts';

// docs/conformance.md. That each named test exists, and fails when the requirement is broken, is held by
// test/docs/requirements.test.ts and by npm run must.

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, CONFORMANCE_PAGE), 'utf8');
const [ofStandards = '', ofCertification = ''] = page
  .slice(page.indexOf('## Every requirement'))
  .split('## What certification would check');
const rowsIn = (text: string, id: string) => text.split('\n').filter((line) => line.startsWith(`| \`${id}\` |`));

/** Whether a file has a test with these titles, each as a string of its own. */
function exists({ file, titles }: NamedTest): boolean {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
  return titles.every((title) => [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => text.includes(quoted)));
}

describe('docs/conformance.md', () => {
  it('is made from the requirements of today: npm run docs writes it', () => {
    expect(withConformanceTables(page)).toBe(page);
  });

  it('has one row for each requirement, with its section, its level and its sentence', () => {
    const wrong = REQUIREMENTS.filter(({ id, section, level, says }) => {
      const rows = rowsIn(ofStandards, id);
      return rows.length !== 1 || !rows[0]?.includes(`| ${section} | ${level} | ${says.replaceAll('|', '\\|')} |`);
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
    expect(REQUIREMENTS.length).toBeGreaterThan(150);
  });

  it('has a named test, or an honest reason, for each MUST', () => {
    const musts = REQUIREMENTS.filter(({ level }) => level === 'MUST');
    const bare = musts.filter((one) => {
      const [row = ''] = rowsIn(ofStandards, one.id);
      const shown = one.status === 'held' ? testsOf(one.proofs.map(({ test }) => test)) : one.because;
      return shown.length < 20 || !row.endsWith(`| ${shown.replaceAll('|', '\\|')} |`);
    });
    expect(bare.map(({ id }) => id)).toEqual([]);
    expect(musts.length).toBeGreaterThan(90);
  });

  it('names first each MUST that is not held, unless it binds somebody else', () => {
    const first = page.slice(page.indexOf('## MUSTs that are not held'), page.indexOf('## Every requirement'));
    const open = REQUIREMENTS.filter(
      ({ level, status }) => level === 'MUST' && (status === 'differs' || status === 'not offered'),
    );
    expect(open.filter(({ id }) => rowsIn(first, id).length !== 1)).toEqual([]);
    expect(first.match(/^\| `/gm)).toHaveLength(open.length);
  });

  it('does not say that anybody certified the provider', () => {
    expect(page).toContain('Nobody has certified this provider');
  });
});

describe('what certification would check', () => {
  it('has one row each, by an id of its own', () => {
    const wrong = CERTIFICATION.filter(({ id }) => rowsIn(ofCertification, id).length !== 1);
    expect(wrong).toEqual([]);
    expect(new Set(CERTIFICATION.map(({ id }) => id)).size).toBe(CERTIFICATION.length);
  });

  it('is held by requirements that are held, or by tests that exist', () => {
    const held = new Set(REQUIREMENTS.flatMap(({ id, status }) => (status === 'held' ? [id] : [])));
    const unheld = CERTIFICATION.flatMap((row) => ('by' in row ? row.by.filter((id) => !held.has(id)) : []));
    const missing = CERTIFICATION.flatMap((row) => ('tests' in row ? row.tests.filter((one) => !exists(one)) : []));
    expect({ unheld, missing }).toEqual({ unheld: [], missing: [] });
  });

  it('has a sentence as reason where it is not held', () => {
    const reasons = CERTIFICATION.flatMap((row) => ('because' in row ? [row.because] : []));
    expect(reasons.filter((because) => !/^[A-Z`].*\.$/.test(because))).toEqual([]);
  });
});

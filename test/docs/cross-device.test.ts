import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';

// The mitigations of RFC 10027 in docs/security/cross-device.md: none is left out, and what the page counts is what its
// table says. test/docs.test.ts checks that the tests that it names exist.

const page = readFileSync(join(root, 'docs/security/cross-device.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| 6\.1\./.test(line))
  .map((line) => {
    const [section, mitigation, against, here, byDefault, why, shownBy] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return { section, mitigation, against, here, byDefault, why, shownBy };
  });
const count = (wanted: readonly string[]) => rows.filter(({ here = '' }) => wanted.includes(here)).length;

describe('the mitigations of RFC 10027 §6.1', () => {
  it('are all 17 there, in the order of the RFC', () => {
    const sections = Array.from({ length: 17 }, (_, index) => `6.1.${index + 1}`);
    expect(rows.map(({ section }) => section)).toEqual(sections);
  });

  it('are counted as the table has them', () => {
    const available = rows.filter(({ here = '' }) => ['yes', 'in part'].includes(here));
    const on = available.filter(({ byDefault }) => byDefault === 'yes').length;
    expect(page).toContain(
      `**${count(['yes'])} in full and ${count(['in part'])} in part. ${on} of these ${available.length} are on by default.** ${count(['yours'])} are up to you, and ${count(['no'])} it does not have.`,
    );
    expect(count(['yes', 'in part', 'yours', 'no'])).toBe(17);
  });

  it('have a test each that are there, and a reason each that are missing, in full or in part', () => {
    for (const { section, here, byDefault, why, shownBy } of rows) {
      if (here === 'yes' || here === 'in part') expect(shownBy, section).toMatch(/^`test\//);
      if (here === 'in part') expect(why, section).toMatch(/Missing: /);
      if (here === 'no' || here === 'yours') expect(byDefault, section).toBe('no');
      expect(why?.length, section).toBeGreaterThan(40);
    }
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeSigns, WAITING } from '../e2e/public-vulnerabilities/waiting.ts';
import { root } from '../support/code-blocks.ts';

// The catalogue in docs/security/public-vulnerabilities.md is that of the tests: no row without a test, and no test
// without a row.

const TESTS = 'test/e2e/public-vulnerabilities/*.test.ts';
const NO_VULNERABILITY = ['a vulnerability that waits for a feature'];

const page = readFileSync(join(root, 'docs/security/public-vulnerabilities.md'), 'utf8');

/** The rows of the table below a heading, without its head. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const lines = own.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** The titles of the groups of tests, as a row cites them. */
function groups(): readonly string[] {
  return globSync(TESTS, { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^describe\('([^']+)'/gm)]
      .map(([, title = '']) => title)
      .filter((title) => !NO_VULNERABILITY.includes(title))
      .map((title) => `\`${file}\`: “${title}”`),
  );
}

describe('the catalogue of public vulnerabilities', () => {
  const rows = rowsBelow('What went wrong elsewhere');

  it('has a row for each group of tests, and a group of tests for each row', () => {
    expect(rows.map((cells) => cells.at(-1)).toSorted()).toEqual(groups().toSorted());
    expect(rows.length).toBeGreaterThan(15);
  });

  it('cites groups that begin with the id of the row', () => {
    const foreign = rows.filter(([id = '', ...cells]) => !cells.at(-1)?.includes(`“${id}: `));
    expect(foreign).toEqual([]);
  });

  it('says of each row what went wrong there and what this provider does', () => {
    expect(rows.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([]);
  });

  it('has the rows that wait for a feature as the tests have them', () => {
    const waiting = WAITING.map(({ id, wentWrong, feature, shownBy }) => [
      id,
      wentWrong,
      feature,
      describeSigns(shownBy),
    ]);
    expect(rowsBelow('What waits for a feature')).toEqual(waiting);
  });
});

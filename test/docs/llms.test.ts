import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, root } from '../support/code-blocks.ts';
import { LLMS_PAGE, llmsIndex } from '../support/llms-index.ts';

// docs/llms.txt: the form of https://llmstxt.org, and every page in it.

const text = readFileSync(join(root, LLMS_PAGE), 'utf8');
const lines = text.split('\n');
const ENTRY = /^- \[([^\]]+)\]\(([^)\s]+)\): (\S.*)$/;
const entries = lines.flatMap((line) => ENTRY.exec(line)?.[2] ?? []).map((link) => normalize(join('docs', link)));

describe('docs/llms.txt', () => {
  it('is as `npm run docs` writes it', () => {
    expect(llmsIndex() === text ? 'up to date' : 'it is not: run npm run docs').toBe('up to date');
  });

  it('begins with one heading and a quotation, and has no headings but those of its lists', () => {
    expect(lines[0]).toMatch(/^# \S/);
    expect(lines[2]).toMatch(/^> \S/);
    expect(lines.slice(1).filter((line) => /^#(?!# )/.test(line))).toEqual([]);
  });

  it('has nothing below its headings but links, each with what it is for', () => {
    const below = lines.slice(lines.findIndex((line) => line.startsWith('## ')));
    expect(below.filter((line) => line !== '' && !line.startsWith('## ') && !ENTRY.test(line))).toEqual([]);
    expect(below.filter((line) => line.startsWith('## ')).at(-1)).toBe('## Optional');
  });

  it('leads to every page once, and to nothing else', () => {
    expect(entries.toSorted()).toEqual(pages);
  });

  it('leads to files that exist', () => {
    expect(entries.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has a description of one line for each page, which is no link and no repetition of its title', () => {
    const told = lines.flatMap((line) => (ENTRY.exec(line) ? [ENTRY.exec(line)?.slice(1) ?? []] : []));
    expect(
      told.filter(([title, , about = '']) => about === title || about.includes('](') || about.length > 420),
    ).toEqual([]);
  });
});

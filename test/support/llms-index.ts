import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { pages, root } from './code-blocks.ts';

// Makes docs/llms.txt: every page once, with what it is for, in the form of https://llmstxt.org. The sections and their
// order are those of docs/README.md. `npm run docs` writes it.

export const LLMS_PAGE = 'docs/llms.txt';
const GUIDE = 'docs/README.md';

/** What a reader should know before the links. */
const INTRODUCTION = [
  'What to know first:',
  '',
  '- `npm start` in a clone runs the whole provider on http://localhost:3000, without an AWS account. `npm run ciba -- --help` is the command of operators.',
  '- Clients use standard CIBA: `POST /bc-authorize`, then `POST /token` with the grant `urn:openid:params:grant-type:ciba`. Discovery is at `/.well-known/openid-configuration`. The issuer ends in a slash.',
  '- Phones use the device API of this provider. There is no redirect, no session and no password.',
  '- Paths of links are relative to this file.',
].join('\n');

type Page = { readonly path: string; readonly title: string; readonly about: string };
type Section = { readonly title: string; readonly pages: readonly string[] };

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Without the marks of links, pictures and emphasis. */
const plain = (markdown: string): string => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/\*\*/g, '');

/** A page with its heading, and the first two sentences of its first paragraph: for whom it is, and what for. */
function pageAt(path: string): Page {
  const [first = '', ...rest] = read(path).split('\n');
  const title = plain(first.replace(/^# /, ''));
  const paragraph = plain(rest.find((line) => /^[A-Z]/.test(line)) ?? '');
  const sentences = paragraph.match(/.+?[.?!](?= |$)/g) ?? [paragraph];
  return { path, title, about: sentences.slice(0, 2).join('').trim() };
}

/** A line of the list. A decision is its title, after its number. */
function lineOf({ path, title, about }: Page): string {
  const link = relative('docs', path).replaceAll('\\', '/');
  const [, number, decision] = /^(\d{4}) (.+)$/.exec(title) ?? [];
  return number === undefined ? `- [${title}](${link}): ${about}` : `- [${number}](${link}): ${decision}`;
}

/** The pages that a part of docs/README.md names as a whole, in its order. A link to a heading names only a part of one. */
function pagesNamedIn(part: string): readonly string[] {
  return [...part.matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, link = '']) => normalize(join(dirname(GUIDE), link)));
}

/** The sections of docs/README.md, and two for what it leads to by a README of its own. */
function sections(): readonly Section[] {
  const [, ...parts] = read(GUIDE).split(/^## /m);
  const named = parts.map((part) => ({
    title: `If ${part.split('\n', 1)[0]?.toLowerCase()}`,
    pages: pagesNamedIn(part),
  }));
  const below = (folder: string) => pages.filter((path) => path.startsWith(folder));
  return [
    { title: 'Start', pages: ['README.md', GUIDE] },
    ...named,
    { title: 'Threats and measures', pages: below('docs/security/') },
    { title: 'Optional', pages: [...below('docs/adr/'), ...below('bench/')] },
  ];
}

/** Returns the text of docs/llms.txt. */
export function llmsIndex(): string {
  const { description } = JSON.parse(read('package.json')) as { description: string };
  const seen = new Set<string>();
  const parts = sections().map(({ title, pages: named }) => {
    const fresh = named.filter((path) => !seen.has(path) && existsSync(join(root, path)) && seen.add(path));
    return fresh.length === 0 ? '' : `## ${title}\n\n${[...new Set(fresh)].map(pageAt).map(lineOf).join('\n')}\n`;
  });
  return [`# Serverless CIBA\n`, `> ${description}\n`, `${INTRODUCTION}\n`, ...parts.filter(Boolean)].join('\n');
}

import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/storage.md', import.meta.url), 'utf8');
/** The kinds of items, from the headings of docs/storage.md, each with a pattern for its keys. */
export const KINDS = [...page.matchAll(/^### (.+?): (.+) \/ (.+)$/gm)].map(([, name = '', ...keys]) => {
  const literal = (key: string) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/<[^>]+>/g, '[^ ]+');
  const anyOf = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => literal(key)).join('|');
  const [pk = '', sk = ''] = keys;
  return { name, matches: new RegExp(`^(${anyOf(pk)}) (${anyOf(sk)})$`) };
});
const section = page.slice(page.indexOf('## What is kept of a person'));
/** What the page says of each kind: whether a person is told of it, and whether an erasure deletes it. */
export const ROWS = [...section.matchAll(/^\| \[([^\]]+)\]\([^)]+\) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, name = '', told = '', erased = '']) => ({ name, told, isErased: erased.startsWith('yes') }),
);

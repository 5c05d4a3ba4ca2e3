import { readFileSync, writeFileSync } from 'node:fs';
import { pagesWithTables, withTables } from './client-metadata-tables.ts';

// Runs as `npm run docs`: writes the tables in docs/ that are made from code. test/docs.test.ts fails when they are
// old.

for (const page of pagesWithTables) {
  const path = new URL(`../../${page}`, import.meta.url);
  const before = readFileSync(path, 'utf8');
  const after = withTables(page, before);
  if (after !== before) writeFileSync(path, after);
  console.log(`${page}: ${after === before ? 'as it was' : 'written anew'}`);
}

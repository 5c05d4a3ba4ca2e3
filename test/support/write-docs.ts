import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { CAPACITY_PAGE, withCapacityTables } from './capacity.ts';
import { CLI_PAGE, HELP_FOLDER, helpPages, withCliBlocks } from './cli-pages.ts';
import { pagesWithTables, withTables } from './client-metadata-tables.ts';
import { CONFORMANCE_PAGE, withConformanceTables } from './conformance-page.ts';
import { CONSTRUCT_PAGE, withConstruct } from './construct-page.ts';
import { VECTORS_FILE, vectorsFile } from './device-vectors/file.ts';
import { LLMS_PAGE, llmsIndex } from './llms-index.ts';
import { OPENAPI_FILE, openApiFile } from './openapi/document.ts';

// Runs as `npm run docs`: writes the tables in docs/ and the golden texts of the help, which are made from code. Tests
// fail when they are old.

const root = new URL('../../', import.meta.url);

function write(path: string, made: (before: string) => string): void {
  const before = readFileSync(new URL(path, root), 'utf8');
  const after = made(before);
  if (after !== before) writeFileSync(new URL(path, root), after);
  console.log(`${path}: ${after === before ? 'as it was' : 'written anew'}`);
}

for (const page of pagesWithTables) write(page, (before) => withTables(page, before));
write(CLI_PAGE, withCliBlocks);
write(CONSTRUCT_PAGE, withConstruct);
write(CONFORMANCE_PAGE, withConformanceTables);
const operations = readFileSync(new URL('docs/operations.md', root), 'utf8');
write(CAPACITY_PAGE, (before) => withCapacityTables(before, operations));
write(LLMS_PAGE, llmsIndex);
write(VECTORS_FILE, vectorsFile);
write(OPENAPI_FILE, openApiFile);

const help = helpPages();
mkdirSync(new URL(HELP_FOLDER, root), { recursive: true });
for (const [path, text] of help) writeFileSync(new URL(path, root), text);
for (const path of globSync(`${HELP_FOLDER}/*.txt`, { cwd: root })) if (!help.has(path)) rmSync(new URL(path, root));
console.log(`${HELP_FOLDER}: ${help.size} help pages`);

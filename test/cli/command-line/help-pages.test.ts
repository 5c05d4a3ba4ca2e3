import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { helpFor } from '../../../cli/command-line/help-text.ts';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { CLI_PAGE, HELP_FOLDER, helpPages, withCliBlocks } from '../../support/cli-pages.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const pages = helpPages();

it.each([...pages])('%s is what the help prints; npm run docs writes it', (path, text) => {
  expect(read(path)).toBe(text);
});

it('no golden text is left of a command that is gone', () => {
  expect(globSync(`${HELP_FOLDER}/*.txt`, { cwd: root }).toSorted()).toEqual([...pages.keys()].toSorted());
});

it('docs/cli.md is as npm run docs writes it', () => {
  const upToDate = withCliBlocks(read(CLI_PAGE)) === read(CLI_PAGE);
  expect(upToDate ? 'up to date' : `${CLI_PAGE} is not: run npm run docs`).toBe('up to date');
});

it.each([
  [80, 80],
  [100, 100],
])('in a terminal of %i columns no line but examples is longer', (columns, longest) => {
  const chosen = [
    {},
    ...vocabulary.nouns.map((noun) => ({ noun })),
    ...vocabulary.nouns.flatMap((noun) => noun.commands.map((command) => ({ noun, command }))),
    ...vocabulary.standalone.map((command) => ({ command })),
  ];
  for (const one of chosen) {
    const lines = helpFor(one, vocabulary, columns).split('\n');
    const examples = lines.lastIndexOf('Examples:');
    const long = lines.filter((line, index) => line.length > longest && !(index > examples && /^ {2}ciba /.test(line)));
    expect(long).toEqual([]);
  }
});

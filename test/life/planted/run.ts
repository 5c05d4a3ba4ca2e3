import { spawnSync } from 'node:child_process';
import { Copy } from '../../must/copy.ts';
import { readOptions } from '../command-line.ts';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';

// npm run life:planted: plants each bug into a copy of the sources, plays runs until one breaks a promise, and says how
// many it took. A bug that no run finds is a failure.

const MOST_RUNS = 20_000;
const given = readOptions({
  script: 'life:planted',
  does: 'Plants bugs into a copy of the sources, one at a time, and says in which run each of them was found.',
  options: {
    seed: { value: 'N', means: 'the seed of the runs; 1 unless it is given' },
    runs: {
      value: 'N',
      least: 1,
      means: `how many runs are played for each bug at most; ${MOST_RUNS} unless it is given`,
    },
    only: { value: 'TEXT', means: 'plants only the bugs whose name has this text' },
  },
});
const seed = String(given['seed'] ?? 1);
const most = String(given['runs'] ?? MOST_RUNS);

type Found = { readonly runs: number; readonly promise: string };

/** Plays runs in the copy. Undefined if they keep every promise; a text if they could not be played. */
function play(copy: Copy): Found | string | undefined {
  const args = ['test/life/run.ts', '--runs', most, '--seed', seed, '--no-shrink'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: copy.folder, encoding: 'utf8' });
  if (status === 0) return undefined;
  const promise = /^✗ (.*?):/m.exec(stdout)?.[1];
  const runs = /^Run (\d+) of seed/m.exec(stdout)?.[1];
  if (promise === undefined || runs === undefined) return `the runs did not end: ${stderr.slice(0, 500)}`;
  return { runs: Number(runs), promise };
}

/** Prints a row of the table. Returns whether the bug was found. */
function tell({ name }: PlantedBug, found: Found | string | undefined): boolean {
  const [run, promise] = typeof found === 'object' ? [String(found.runs), found.promise] : ['never', found ?? ''];
  console.log(`| ${name.padEnd(NAME_WIDTH)} | ${run.padStart(6)} | ${promise} |`);
  return typeof found === 'object';
}

const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(String(given['only'] ?? '')));
const NAME_WIDTH = Math.max(...bugs.map(({ name }) => name.length));
const copy = new Copy();
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
console.log(`| ${'planted bug'.padEnd(NAME_WIDTH)} |    run | promise that it broke |`);
console.log(`|${'-'.repeat(NAME_WIDTH + 2)}|-------:|---|`);
const isFound = bugs.map((bug) => {
  const restore = copy.apply(bug);
  if (!restore) return tell(bug, `${bug.file} does not have the text exactly once`);
  try {
    return tell(bug, play(copy));
  } finally {
    restore();
  }
});
const missed = isFound.filter((found) => !found).length;
console.log(`\n${isFound.length} planted bugs, ${isFound.length - missed} found, with seed ${seed}`);
process.exitCode = missed === 0 ? 0 : 1;

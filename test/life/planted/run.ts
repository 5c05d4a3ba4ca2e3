import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Copy } from '../../must/copy.ts';
import { LEAST_SEED, readOptions } from '../command-line.ts';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';

// npm run life:planted: plants each bug into a copy of the sources, plays runs until one breaks a promise, and says how
// many it took. A bug that no run finds is a failure.

const MOST_RUNS = 20_000;
const given = readOptions({
  script: 'life:planted',
  does: 'Plants bugs into a copy of the sources, one at a time, and says in which run each of them was found.',
  options: {
    seed: { value: 'N', least: LEAST_SEED, means: 'the seed of the runs; 1 unless it is given' },
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
async function play(copy: Copy): Promise<Found | string | undefined> {
  const args = ['test/life/run.ts', '--runs', most, '--seed', seed, '--no-shrink'];
  const child = spawn(process.execPath, args, { cwd: copy.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill();
  process.once('exit', kill);
  const status = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  process.off('exit', kill);
  if ((await status) === 0) return undefined;
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
if (bugs.length === 0) {
  console.error(`No planted bug has this in its name. There are: ${PLANTED_BUGS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const NAME_WIDTH = Math.max(...bugs.map(({ name }) => name.length));
const copy = new Copy();
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
console.log(`| ${'planted bug'.padEnd(NAME_WIDTH)} |    run | promise that it broke |`);
console.log(`|${'-'.repeat(NAME_WIDTH + 2)}|-------:|---|`);
let missed = 0;
for (const bug of bugs) {
  const restore = copy.apply(bug);
  const found = restore ? await play(copy) : `${bug.file} does not have the text exactly once`;
  restore?.();
  if (!tell(bug, found)) missed += 1;
}
console.log(`\n${bugs.length} planted bugs, ${bugs.length - missed} found, with seed ${seed}`);
process.exitCode = missed === 0 ? 0 : 1;

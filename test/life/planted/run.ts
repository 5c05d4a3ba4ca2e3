import { spawnSync } from 'node:child_process';
import { Copy } from '../../must/copy.ts';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';

// npm run life:planted [-- --seed N]: plants each bug into a copy of the sources, plays runs until one breaks a promise,
// and says how many it took. A bug that no run finds is a failure.

const MOST_RUNS = 20_000;
const seed = process.argv[process.argv.indexOf('--seed') + 1] ?? '';
const SEED = /^\d+$/.test(seed) ? seed : '1';

type Found = { readonly runs: number; readonly promise: string };

/** Plays runs in the copy. Undefined if they keep every promise; a text if they could not be played. */
function play(copy: Copy): Found | string | undefined {
  const args = ['test/life/run.ts', '--runs', String(MOST_RUNS), '--seed', SEED, '--no-shrink'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: copy.folder, encoding: 'utf8' });
  if (status === 0) return undefined;
  const promise = /^✗ (.*)$/m.exec(stdout)?.[1];
  const runs = /^Run (\d+) of seed/m.exec(stdout)?.[1];
  if (promise === undefined || runs === undefined) return `the runs did not end: ${stderr.slice(0, 500)}`;
  return { runs: Number(runs), promise };
}

function tell(bug: PlantedBug, found: Found | string | undefined): boolean {
  if (typeof found === 'object') {
    console.log(`✓ ${bug.name}: run ${found.runs}\n    ${found.promise}`);
    return true;
  }
  console.log(`✗ ${bug.name}: ${found ?? `no run of ${MOST_RUNS} found it`}`);
  return false;
}

const copy = new Copy();
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const isFound = PLANTED_BUGS.map((bug) => {
  const restore = copy.apply(bug);
  if (!restore) return tell(bug, `${bug.file} does not have the text exactly once`);
  try {
    return tell(bug, play(copy));
  } finally {
    restore();
  }
});
const missed = isFound.filter((found) => !found).length;
console.log(`${isFound.length} planted bugs, ${isFound.length - missed} found, with seed ${SEED}`);
process.exitCode = missed === 0 ? 0 : 1;

import fc from 'fast-check';
import { everyPromise } from './check.ts';
import { LEAST_SEED, readOptions } from './command-line.ts';

// npm run life: plays random runs of the life of an answer. A run that breaks a promise is shrunk and told; seed and path
// play it again.

const given = readOptions({
  script: 'life',
  does: 'Plays random runs of the life of an answer, and checks every promise after each.',
  options: {
    runs: { value: 'N', least: 1, means: 'how many runs; 100000 unless it is given' },
    seed: { value: 'N', least: LEAST_SEED, means: 'plays the runs of this seed; without it, other runs each time' },
    path: { value: 'PATH', means: 'with --seed: plays one run again, as a failure prints it' },
    'no-shrink': { means: 'does not make a run that breaks a promise shorter' },
  },
});
const started = performance.now();
const seed = given['seed'] === undefined ? Date.now() % 2 ** 31 : Number(given['seed']);
const { path } = given;
const details = await fc.check(everyPromise, {
  numRuns: Number(given['runs'] ?? 100_000),
  seed,
  ...(typeof path === 'string' && { path }),
  endOnFailure: given['no-shrink'] === true,
});
const seconds = ((performance.now() - started) / 1000).toFixed(1);
if (details.failed) {
  const { errorInstance } = details;
  console.log(errorInstance instanceof Error ? errorInstance.message : errorInstance);
  console.log(`\nRun ${details.numRuns} of seed ${seed} breaks a promise, after ${seconds} s.`);
  console.log(`Again: npm run life -- --seed ${seed} --path ${details.counterexamplePath}`);
  process.exitCode = 1;
} else console.log(`${details.numRuns} runs of seed ${seed} keep every promise, in ${seconds} s.`);

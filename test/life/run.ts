import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { everyPromise } from './check.ts';

// npm run life [-- --runs N --seed N --path P]: plays random runs of the life of an answer, a hundred thousand unless it
// is told otherwise. A run that breaks a promise is shrunk and told; seed and path play it again.

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
  },
});
const started = performance.now();
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const details = await fc.check(everyPromise, {
  numRuns: Number(values.runs),
  seed,
  ...(values.path !== undefined && { path: values.path }),
  endOnFailure: values['no-shrink'],
});
const seconds = ((performance.now() - started) / 1000).toFixed(1);
if (details.failed) {
  const { errorInstance } = details;
  console.log(errorInstance instanceof Error ? errorInstance.message : errorInstance);
  console.log(`\nRun ${details.numRuns} of seed ${seed} breaks a promise, after ${seconds} s.`);
  console.log(`Again: npm run life -- --seed ${seed} --path ${details.counterexamplePath}`);
  process.exitCode = 1;
} else console.log(`${details.numRuns} runs of seed ${seed} keep every promise, in ${seconds} s.`);

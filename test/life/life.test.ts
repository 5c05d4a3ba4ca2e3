import fc from 'fast-check';
import { expect, it } from 'vitest';
import { everyPromise } from './check.ts';

/** How many runs `npm test` plays. `npm run life` plays a hundred thousand. */
const RUNS = 3000;
/** On a busy machine fewer runs are played. */
const MOST_MILLISECONDS = 20_000;

it('keeps every promise about the life of an answer, whatever comes between two calls of AWS', async () => {
  const details = await fc.check(everyPromise, { numRuns: RUNS, interruptAfterTimeLimit: MOST_MILLISECONDS });
  const { errorInstance, seed, counterexamplePath } = details;
  const story = errorInstance instanceof Error ? errorInstance.message : '';
  expect(story, `npm run life -- --seed ${seed} --path ${counterexamplePath}`).toBe('');
});

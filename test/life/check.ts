import fc from 'fast-check';
import { type Run, runs } from './generator/runs.ts';
import { play } from './playing/run-of-moves.ts';
import { broken } from './promises/promises.ts';

/** A run broke a promise. The message is its story. */
class BrokenPromise extends Error {}

/** Plays a run. Throws its story if it breaks a promise. */
async function playAndJudge(run: Run): Promise<void> {
  const world = await play(run);
  const wrong = broken(world);
  if (wrong.length === 0) return;
  throw new BrokenPromise([...wrong.map((how) => `✗ ${how}`), '', ...world.story.lines].join('\n'));
}

export const everyPromise = fc.asyncProperty(runs, playAndJudge);

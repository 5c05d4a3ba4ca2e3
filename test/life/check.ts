import fc from 'fast-check';
import { type Move, runs } from './moves.ts';
import { broken } from './promises/promises.ts';
import { play } from './run-of-moves.ts';

/** A run broke a promise. The message is its story. */
class BrokenPromise extends Error {}

/** Plays a run. Throws its story if it breaks a promise. */
async function playAndJudge(moves: readonly Move[]): Promise<void> {
  const world = await play(moves);
  const wrong = broken(world);
  if (wrong.length === 0) return;
  throw new BrokenPromise([...wrong.map((how) => `✗ ${how}`), '', ...world.story.lines].join('\n'));
}

export const everyPromise = fc.asyncProperty(runs, playAndJudge);

import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';

/** Looks again and again until there is something. `expect.poll` can't be used in tests that run at the same time. */
export async function until<T>(look: () => Promise<T | undefined>, otherwise: string): Promise<T> {
  const givenUpAt = performance.now() + PATIENCE_MILLISECONDS;
  while (performance.now() < givenUpAt) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(200);
  }
  throw new Error(otherwise);
}

import type { Clock } from '../flows/ports.ts';

/** Epoch seconds now. */
export const clock: Clock = () => Math.floor(Date.now() / 1000);

/** Waits without using the processor. */
export const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

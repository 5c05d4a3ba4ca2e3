import { expect, it } from 'vitest';
import { newRereads, type Rereads, takeReread } from '../../../provider/core/client/rereads.ts';
import { NOW } from '../given.ts';

/** How many of these failed credentials read the client, at these seconds. */
function readsAt(...seconds: number[]): number {
  let left: Rereads = newRereads(NOW);
  let reads = 0;
  for (const second of seconds) {
    const taken = takeReread(left, NOW + second);
    if (!taken) continue;
    left = taken;
    reads += 1;
  }
  return reads;
}
const times = (count: number, second: number) => Array.from({ length: count }, () => second);

it('failed credentials read a client five times at once, and no more', () => {
  expect(readsAt(...times(4, 0))).toBe(4);
  expect(readsAt(...times(100, 0))).toBe(5);
});

it('then once every ten seconds, to the second', () => {
  expect(readsAt(...times(5, 0), 9)).toBe(5);
  expect(readsAt(...times(5, 0), 9, 10, 11, 19, 20)).toBe(7);
});

it('the ten seconds count from the second in which the five began, and from the end of the ten seconds before', () => {
  expect(readsAt(...times(5, 9), 10, 18)).toBe(5);
  expect(readsAt(...times(5, 9), 19)).toBe(6);
  expect(readsAt(...times(5, 0), 15, 20)).toBe(7);
});

it('a flood of an hour reads once every ten seconds', () => {
  const flood = Array.from({ length: 3600 * 5 }, (_, index) => Math.floor(index / 5));
  expect(readsAt(...flood)).toBe(5 + 359);
});

it('a quiet time gives five again, and not more', () => {
  expect(readsAt(...times(5, 0), ...times(9, 3600))).toBe(10);
});

it('a clock that goes back takes nothing away', () => {
  expect(readsAt(0, -100, -200)).toBe(3);
});

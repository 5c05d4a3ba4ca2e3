import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../infra/settings/settings.ts';
import { shardsOf } from '../../provider/core/asking/rate-window.ts';
import { CAPACITY_PAGE, dollarsOfMillion, roundUp, withCapacityTables } from '../support/capacity.ts';
import { codeBlocksIn, root } from '../support/code-blocks.ts';

// The numbers of docs/capacity.md that follow from code. test/e2e/costs.test.ts holds what one login does.

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read(CAPACITY_PAGE);
const operations = read('docs/operations.md');

describe('docs/capacity.md', () => {
  it('has its tables as `npm run docs` writes them', () => {
    const upToDate = withCapacityTables(page, operations) === page;
    expect(upToDate ? 'up to date' : 'it is not: run npm run docs').toBe('up to date');
  });

  it('shows settings for 1,000 logins a second that a stage accepts', () => {
    const [block, ...others] = codeBlocksIn(CAPACITY_PAGE, 'json');
    expect(others).toEqual([]);
    const merged = { stage: 'production', ...(JSON.parse(block?.text ?? '') as object) };
    const { throttles } = parseSettings(merged, 'docs/capacity.md');
    expect(throttles?.token?.rate).toBeGreaterThan(5000);
  });

  it('counts pings as the mapping of the queue makes them: instances of the function, and pings of each', () => {
    const source = read('infra/notifications/client-notifications.ts');
    expect([/const INSTANCES = (\d+);/, /const BATCH = (\d+);/].map((one) => one.exec(source)?.[1])).toEqual([
      '5',
      '5',
    ]);
    expect(page).toContain('| instances of `client-notification` | 5 | 83 |');
  });

  it('says over how many keys the counter of a client is spread', () => {
    expect(page).toContain('one shard for each 300 requests a minute');
    expect([300, 301].map((limit) => shardsOf(limit).shards)).toEqual([1, 2]);
    expect(page).toContain(`there are ${shardsOf(undefined).shards} shards, 50 writes a second each`);
  });

  it('takes the dollars from the table of costs, and would notice that the row is gone', () => {
    expect(dollarsOfMillion(operations).poll).toBeGreaterThan(15);
    expect(() => dollarsOfMillion('')).toThrow('no row');
  });

  it.each([
    [8.4, 9],
    [90, 90],
    [1275, 1300],
    [16_500, 17_000],
    [10_000, 10_000],
  ])('rounds %d up to %d', (value, round) => {
    expect(roundUp(value)).toBe(round);
  });
});

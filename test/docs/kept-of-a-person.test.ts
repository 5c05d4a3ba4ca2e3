import { expect, it } from 'vitest';
import { KINDS, ROWS } from '../support/kept-kinds.ts';

// test/e2e/people-records.test.ts holds the export and the erasure to what these rows say.

it('docs/storage.md says of every kind of item whether a person is told of it, and whether an erasure deletes it', () => {
  expect(KINDS.length).toBeGreaterThan(12);
  expect(ROWS.map(({ name }) => name)).toEqual(KINDS.map(({ name }) => name));
});

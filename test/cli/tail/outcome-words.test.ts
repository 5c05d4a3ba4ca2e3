import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkOutcomeWord } from '../../../cli/tail/outcome-words.ts';
import { root } from '../../support/code-blocks.ts';

/** The error codes in the sources of the provider: in wordings of refusals, and in answers to faults. */
const errors = new Set(
  globSync('provider/{core,edge}/**/*.ts', { cwd: root }).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/(?:wording\(\s*\d{3},\s*|\berror: )'([a-z_]+)'/g)].map(
      ([, error = '']) => error,
    ),
  ),
);

it('the sources have the errors of each endpoint', () => {
  expect([...errors]).toEqual(
    expect.arrayContaining(['slow_down', 'unknown_user_id', 'invalid_device', 'conflict', 'server_error']),
  );
});

it.each([...errors])('ciba tail --outcome takes %s, because an answer can have it', (error) => {
  expect(() => checkOutcomeWord(error)).not.toThrow();
});

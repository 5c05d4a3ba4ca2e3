import { expect, it } from 'vitest';
import { wordingOf } from '../../../provider/core/refusal.ts';

it.each([
  ['email', 'This email is taken.'],
  ['client_id', 'This client_id is taken.'],
  ['changed', 'The user was changed by other calls; try again.'],
  ['client', 'The client was changed by other calls; try again.'],
])('words a conflict of %s as a sentence', (what, description) => {
  expect(wordingOf({ reason: 'conflict', what })).toMatchObject({ status: 409, error: 'conflict', description });
});

import { expect, it } from 'vitest';
import { tokenLifetimes } from '../../../provider/core/token/token-lifetimes.ts';
import { CLIENT } from '../given.ts';

const CONFIGURED = { idTokenSeconds: 3600, accessTokenSeconds: 900 };

it('tokens live as long as the settings say', () => {
  expect(tokenLifetimes({ ...CLIENT, clientId: 'synthetic-login' }, CONFIGURED)).toEqual(CONFIGURED);
});

it('both tokens of the synthetic login live a minute', () => {
  const minute = { idTokenSeconds: 60, accessTokenSeconds: 60 };
  expect(tokenLifetimes({ ...CLIENT, isSynthetic: true }, CONFIGURED)).toEqual(minute);
});

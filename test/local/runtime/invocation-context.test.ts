import { expect, it } from 'vitest';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import { contextOf } from '../../../local/runtime/invocation-context.ts';

it('no function on this machine gives up before it would in AWS: a busy machine is no fault', () => {
  const longest = Math.max(...Object.values(functions).map(({ timeoutSeconds }) => timeoutSeconds));
  expect(contextOf('token', 1).getRemainingTimeInMillis()).toBeGreaterThan(longest * 1000);
});

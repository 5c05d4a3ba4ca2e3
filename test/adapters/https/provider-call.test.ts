import { expect, it } from 'vitest';
import { callProvider } from '../../../provider/adapters/https/provider-call.ts';
import { NO_ANSWER } from '../../../provider/core/operating/synthetic.ts';

it('a connection that fails is told from an answer, with the name of its error', async () => {
  const refused = await callProvider('http://127.0.0.1:1/', { method: 'GET' });
  expect(refused).toEqual({ status: NO_ANSWER, body: { error: expect.stringMatching(/^[A-Za-z_]+$/) } });
});

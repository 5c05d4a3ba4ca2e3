import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WARM_UP_MILLISECONDS, warmUp } from '../../provider/adapters/warm-up.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

it('makes its calls at the same time and waits for all of them', async () => {
  let finish = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const quick = vi.fn(async () => undefined);
  let isLoaded = false;
  const loading = warmUp(() => slow, quick).then(() => {
    isLoaded = true;
  });
  await vi.advanceTimersByTimeAsync(1);
  expect(quick).toHaveBeenCalledOnce();
  expect(isLoaded).toBe(false);
  finish();
  await loading;
  expect(vi.getTimerCount()).toBe(0);
});

it('survives a call that fails or throws: the function loads, and the first request calls again', async () => {
  const fails = () => Promise.reject(new Error('AWS is out'));
  const throws = () => {
    throw new Error('a bug');
  };
  await expect(warmUp(fails, throws)).resolves.toBeUndefined();
});

it('waits a second and no longer for a call that hangs, so that Lambda never starts the load again', async () => {
  let isLoaded = false;
  const loading = warmUp(() => new Promise(() => undefined)).then(() => {
    isLoaded = true;
  });
  await vi.advanceTimersByTimeAsync(WARM_UP_MILLISECONDS - 1);
  expect(isLoaded).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await loading;
});

it('makes no call outside Lambda, where a load is only a load', async () => {
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', undefined);
  const call = vi.fn(async () => undefined);
  await warmUp(call);
  expect(call).not.toHaveBeenCalled();
});

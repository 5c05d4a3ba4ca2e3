import { isInLambda } from './config.ts';

/** The longest time for which the loading of a function waits for its warm-up, in milliseconds. */
export const WARM_UP_MILLISECONDS = 1000;

/**
 * Makes calls while a function loads, so that the first request finds connections open, keys decrypted and code
 * compiled. Lambda loads a function with more CPU than it later gets. A call must be one that the first requests make
 * anyway: then it needs no right of its own. A call that fails or takes too long changes nothing. Whoever needs its
 * result calls again, and that call is logged when it fails, so an outage is not hidden. Outside Lambda there is no such
 * phase, and no call is made.
 */
export async function warmUp(...calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  if (!isInLambda()) return;
  let timer: NodeJS.Timeout | undefined;
  const longEnough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, WARM_UP_MILLISECONDS);
  });
  await Promise.race([Promise.allSettled(calls.map(async (call) => call())), longEnough]);
  clearTimeout(timer);
}

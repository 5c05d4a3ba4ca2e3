import { lastCallSeconds, type Patience, secondsUntilNextLogin } from '../../core/operating/synthetic.ts';
import { logInSynthetically, SyntheticLoginError, type SyntheticLoginPorts } from './log-in-synthetically.ts';

/**
 * Logs in anew after a failure that may pass. It never repeats a single step: the step may have taken effect although
 * its answer was lost, and then an approval, a redemption or a `jti` would count as used.
 */
export async function logInPatiently(ports: SyntheticLoginPorts, patience: Patience): Promise<void> {
  await logInSince(ports.clock(), ports, patience);
}

async function logInSince(startedAt: number, ports: SyntheticLoginPorts, patience: Patience): Promise<void> {
  const login = logInSynthetically(ports, { lastCallAt: startedAt + lastCallSeconds(patience) });
  const failure = await login.then(() => undefined, failureOf);
  if (!failure) return;
  const pause = secondsUntilNextLogin(ports.clock() - startedAt, patience);
  if (!failure.mayPass || pause === undefined) throw failure;
  await ports.wait(pause);
  await logInSince(startedAt, ports, patience);
}

/** Returns a login that failed as a value. A fault stays thrown. */
export function failureOf(error: unknown): SyntheticLoginError {
  if (error instanceof SyntheticLoginError) return error;
  throw error;
}

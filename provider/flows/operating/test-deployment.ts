import {
  BEFORE_TRAFFIC,
  type DeployedVersions,
  isNewVersion,
  isRollback,
  SMOKE_TEST,
  type TrafficShift,
} from '../../core/operating/synthetic.ts';
import { failureOf, logInPatiently } from './log-in-patiently.ts';
import type { SyntheticLoginPorts } from './log-in-synthetically.ts';

/**
 * Runs the smoke test of a deployment: a login that waits for what was just made. It is skipped while the deployment is
 * being rolled back, because its failure would stop the rollback.
 */
export async function testDeployment(
  ports: SyntheticLoginPorts,
  versions: { readonly before: DeployedVersions; readonly now: DeployedVersions },
): Promise<void> {
  if (!isRollback(versions.before, versions.now)) await logInPatiently(ports, SMOKE_TEST);
}

/** What the test of one version needs. */
export type VersionTestPorts = Omit<SyntheticLoginPorts, 'call'> & {
  /** Reads what CodeDeploy is about to do. Undefined if that cannot be known. */
  readonly readShift: (deploymentId: string) => Promise<TrafficShift | undefined>;
  /**
   * Makes calls that reach this version of the one function, and of all other functions the version that users reach.
   */
  readonly callVersion: (shift: TrafficShift) => SyntheticLoginPorts['call'];
  /** Calls the version of each function that users reach. */
  readonly callLive: SyntheticLoginPorts['call'];
};

/**
 * What the test of one version showed. `passed`: it logged somebody in. `restored`: it had calls before, so it was not
 * tested. `unknown`: nobody knows which version it is, so it was not tested. `unproven`: it logged nobody in, but neither
 * did the version before. `refused`: it logged nobody in, and the version before did. `why` has no personal data.
 */
export type VersionTest =
  | { readonly outcome: 'passed' | 'restored' | 'unknown' }
  | { readonly outcome: 'unproven' | 'refused'; readonly why: string };

/**
 * Logs in with a new version of one function before it gets a call of anybody else. All other functions are as users
 * meet them at this moment: each function is updated by itself, so some may be new and some not. A version that is
 * restored is not tested, because nothing may stop a rollback. For the same reason a version that is not known is not
 * tested: it may be one that is restored. If the login fails, another one with what users meet shows whether this version
 * is the reason. If that one fails too, the version may be a part of the repair, and nothing may stop that either.
 */
export async function testVersion(ports: VersionTestPorts, deploymentId: string): Promise<VersionTest> {
  const shift = await ports.readShift(deploymentId);
  if (!shift) return { outcome: 'unknown' };
  if (!isNewVersion(shift)) return { outcome: 'restored' };
  const why = await failureOfLogin(ports, ports.callVersion(shift));
  if (why === undefined) return { outcome: 'passed' };
  const whyBefore = await failureOfLogin(ports, ports.callLive);
  return whyBefore === undefined ? { outcome: 'refused', why } : { outcome: 'unproven', why };
}

/** Returns why nobody could log in with these calls. Undefined if somebody could. */
async function failureOfLogin(ports: VersionTestPorts, call: SyntheticLoginPorts['call']): Promise<string | undefined> {
  const failure = await logInPatiently({ ...ports, call }, BEFORE_TRAFFIC).then(() => undefined, failureOf);
  return failure?.message;
}

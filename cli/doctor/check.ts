import type { AdminApi } from '../deployment/admin-api.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { StackAlarms } from './stack-alarms.ts';

/**
 * The result of a check. `warning`: it works, but the operator should know. `unknown`: it could not be checked.
 * `skipped`: there is nothing to check here.
 */
export type State = 'good' | 'warning' | 'broken' | 'unknown' | 'skipped';
/** What a check found. */
export type Finding = {
  readonly state: State;
  /** What the check found, and what that means. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
  /** The section of the documentation that says more. */
  readonly see?: string;
};

/** The provider at its public address. */
export type Provider = {
  readonly deployment: Deployment;
  readonly api: AdminApi;
  /** The stack behind it, if the operator named one. */
  readonly stack: DeployedStack | undefined;
};
/** A check of one thing. Checks of a stack or of its alarms only run with a stack. */
export type Check =
  | { readonly name: string; readonly of: 'provider'; run(provider: Provider): Promise<Finding> }
  | { readonly name: string; readonly of: 'stack'; run(stack: DeployedStack): Promise<Finding> }
  | { readonly name: string; readonly of: 'alarms'; run(alarms: StackAlarms, stack: DeployedStack): Promise<Finding> };

/** From best to worst. */
const ORDER: readonly State[] = ['skipped', 'good', 'warning', 'unknown', 'broken'];

/** Merges findings about several things of one kind. The result has the state of the worst, which comes first. */
export function mergeFindings(findings: readonly Finding[]): Finding {
  const rank = ({ state }: Finding) => ORDER.indexOf(state);
  const sorted = findings.toSorted((a, b) => rank(b) - rank(a));
  const [worst] = sorted;
  if (!worst) throw new Error('nothing was found');
  return { ...worst, says: sorted.map(({ says }) => says).join(' ') };
}

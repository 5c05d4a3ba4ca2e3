import type { AdminApi } from '../deployment/admin-api.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { StackAlarms } from './stack-alarms.ts';

/**
 * How something stands. `warning`: it works, and somebody should know. `unknown`: it could not be checked. `skipped`:
 * there is nothing to check here.
 */
export type State = 'good' | 'warning' | 'broken' | 'unknown' | 'skipped';
/** What a check found. */
export type Finding = {
  readonly state: State;
  /** What is, and what it means. */
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
  /** The section of our documentation that says more. */
  readonly see?: string;
};

/** The provider as the world sees it. */
export type Provider = {
  readonly deployment: Deployment;
  readonly api: AdminApi;
  /** The stack behind it, where the operator named one. */
  readonly stack: DeployedStack | undefined;
};
/** One thing that can be right or wrong. Checks of a stack, or of its alarms, are left out where there is none. */
export type Check =
  | { readonly name: string; readonly of: 'provider'; run(provider: Provider): Promise<Finding> }
  | { readonly name: string; readonly of: 'stack'; run(stack: DeployedStack): Promise<Finding> }
  | { readonly name: string; readonly of: 'alarms'; run(alarms: StackAlarms, stack: DeployedStack): Promise<Finding> };

/** From best to worst. */
const ORDER: readonly State[] = ['skipped', 'good', 'warning', 'unknown', 'broken'];

/** Findings about several things of one kind as one: as bad as the worst, which is told first. */
export function together(findings: readonly Finding[]): Finding {
  const rank = ({ state }: Finding) => ORDER.indexOf(state);
  const sorted = findings.toSorted((a, b) => rank(b) - rank(a));
  const [worst] = sorted;
  if (!worst) throw new Error('nothing was found');
  return { ...worst, says: sorted.map(({ says }) => says).join(' ') };
}

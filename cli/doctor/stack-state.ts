import type { DeployedStack } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#deploy-and-upgrade';

/** Checks that CloudFormation has finished the last deployment successfully. */
export const stackState: Check = {
  name: 'Stack',
  of: 'stack',
  run: async (stack): Promise<Finding> => stateFinding(stack),
};

/** Says how the last deployment of a stack ended. */
export function stateFinding({ name, status, statusReason }: DeployedStack): Finding {
  const said = `${name} is ${status}`;
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return { state: 'good', says: `${said}.` };
  if (/^(UPDATE|IMPORT)_ROLLBACK_COMPLETE$/.test(status)) {
    const says = `${said}: the last deployment was rolled back, and the previous version runs.`;
    return {
      state: 'warning',
      says,
      todo: 'Read the events of the stack in CloudFormation, and deploy again.',
      see: SEE,
    };
  }
  if (status.endsWith('_IN_PROGRESS')) {
    const says = `${said}: a deployment is running.`;
    return { state: 'warning', says, todo: 'Run ciba doctor again when it is done.', see: SEE };
  }
  const why = statusReason === undefined ? '' : ` (${statusReason})`;
  const todo = 'Read the events of the stack in CloudFormation. The first that failed gives the reason.';
  return { state: 'broken', says: `${said}${why}: the last deployment failed.`, todo, see: SEE };
}

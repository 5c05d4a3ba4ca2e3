import { functions } from '../../infra/functions/deployed-functions.ts';
import { instant } from '../command-line/text-layout.ts';
import { type DeployedStack, outputAbout } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from '../doctor/check.ts';
import { stateFinding } from '../doctor/stack-state.ts';

/** The last deployment, and whether a canary sends some calls to a new version. */
export const deploymentNow: Check = {
  name: 'Deployment',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const canaries = await canariesOf(stack);
    const state = stateFinding(stack);
    const since = `, changed ${instant(stack.changedAt.getTime() / 1000)}`;
    const says = `${state.says.replace(/\.$/, '')}${since}.`;
    if (canaries.length === 0) return { ...state, says: `${says} No canary is running.` };
    return { ...state, says: `${says} Canary: ${canaries.join(', ')}.` };
  },
};

/** Says of each function how many of its calls go to a new version. */
async function canariesOf(stack: DeployedStack): Promise<readonly string[]> {
  const { GetAliasCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient(stack.aws);
  const all = Object.keys(functions).map(async (name) => {
    const FunctionName = outputAbout(stack, 'Function', name);
    const { RoutingConfig } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
    const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    return weights.map(([version, share]) => `${Math.round(share * 100)} % of ${name} on version ${version}`);
  });
  return (await Promise.all(all)).flat();
}

import * as v from 'valibot';
import { deploymentFunctions, functions } from '../../infra/functions/deployed-functions.ts';
import { installation } from '../../local/installation.ts';
import { PLATFORMS } from '../../provider/core/device/device.ts';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';
import { ENDPOINT_ACTIONS, type PushRightsReport, SELF_CHECK } from '../../provider/core/operating/push-rights.ts';
import { Refused } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { type DeployedStack, outputAbout } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callFunction, FUNCTION_FAILED, readFunctionAnswer } from '../deployment/function-call.ts';
import { callProvider } from '../deployment/provider-call.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';

const SEE = 'docs/operations.md#rights-on-push-endpoints';
const report: v.GenericSchema<PushRightsReport> = v.object({
  platforms: v.array(v.picklist(PLATFORMS)),
  rights: v.array(
    v.object({
      platform: v.picklist(PLATFORMS),
      action: v.picklist(ENDPOINT_ACTIONS),
      result: v.picklist(['allowed', 'denied', 'unknown']),
      error: v.optional(v.string()),
    }),
  ),
});
const reports = v.record(v.string(), report);

/**
 * Lets each function with rights on push endpoints prove them: it tries its own actions on an endpoint that does not
 * exist.
 */
export const pushRights: Check = {
  name: 'Push rights',
  of: 'provider',
  async run({ deployment, stack }): Promise<Finding> {
    if (deployment.isLocal) return localFinding(deployment);
    if (!stack) return { state: 'skipped', says: 'Not checked: give --stack to check this.' };
    return summary(await Promise.all(functionsWithRights().map((name) => askFunction(stack, name))));
  },
};

/** The functions whose `function.ts` lists actions on push endpoints. */
function functionsWithRights(): readonly string[] {
  const all: Readonly<Record<string, FunctionSpec>> = { ...functions, ...deploymentFunctions };
  const isOnEndpoints = (action: string) => ENDPOINT_ACTIONS.some((one) => one === action);
  return Object.keys(all).filter((name) => all[name]?.sns.some(isOnEndpoints));
}

async function localFinding(deployment: Deployment): Promise<Finding> {
  const response = await callProvider(deployment, '/local/self-check', { method: 'POST' });
  const answer = v.safeParse(reports, await response.json().catch(() => undefined));
  if (!answer.success)
    throw new Error(`the local runtime makes no self-check; start the provider with ${installation.startCommand}`);
  return summary(Object.entries(answer.output).map(([name, one]) => findingFrom(name, one)));
}

/** Makes one finding of those about each function. Functions with all their rights are named in one sentence. */
function summary(findings: readonly Finding[]): Finding {
  const of = (state: Finding['state']) => findings.filter((finding) => finding.state === state);
  const proved = of('good').map(({ says }) => says);
  return mergeFindings([
    ...findings.filter(({ state }) => state !== 'good' && state !== 'skipped'),
    ...of('skipped').slice(0, 1),
    ...(proved.length > 0 ? [{ state: 'good', says: `Proved by ${proved.join(', ')}.` } as const] : []),
  ]);
}

/** Asks one function. A good finding says the name of the function alone. */
async function askFunction(stack: DeployedStack, name: string): Promise<Finding> {
  const arn = `${outputAbout(stack, 'Function', name)}:live`;
  try {
    const json = await callFunction({ name, arn, aws: stack.aws }, SELF_CHECK);
    return findingFrom(name, readFunctionAnswer(report, json));
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== FUNCTION_FAILED) throw error;
    const says = `${name}: the self-check failed. A function of an earlier version knows none.`;
    return { state: 'unknown', says, todo: 'Deploy this version of the provider.', see: SEE };
  }
}

function findingFrom(name: string, { platforms, rights }: PushRightsReport): Finding {
  if (platforms.length === 0) return { state: 'skipped', says: 'No push platform is configured.' };
  const listed = (result: 'denied' | 'unknown') =>
    rights
      .filter((right) => right.result === result)
      .map(({ action, platform, error }) => `${action} on ${platform} (${plainLine(error ?? 'no answer')})`)
      .join(', ');
  if (listed('denied') !== '') {
    const says = `${name}: its role may not do this to push endpoints: ${listed('denied')}.`;
    const todo =
      'Deploy this version. If it is deployed, npx cdk deploy --revert-drift puts the role back. If that changes nothing, a policy of the organisation forbids it.';
    return { state: 'broken', says, todo, see: SEE };
  }
  if (listed('unknown') !== '') {
    const says = `${name}: SNS did not decide: ${listed('unknown')}.`;
    return { state: 'unknown', says, todo: 'Run ciba doctor again.', see: SEE };
  }
  return { state: 'good', says: name };
}

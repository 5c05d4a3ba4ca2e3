import { installation } from '../../local/installation.ts';
import { Refused } from '../command-line/failure.ts';
import { type DeployedStack, outputOf } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callFunction, FUNCTION_FAILED } from '../deployment/function-call.ts';
import type { Check, Finding } from './check.ts';
import { loginLocally } from './local-login.ts';

const GOOD: Finding = { state: 'good', says: 'A complete login succeeded: request, approval, tokens.' };

/** Tries a login: with the synthetic login of the stack, or with the unattended phone of the local runtime. */
export const login: Check = {
  name: 'A login',
  of: 'provider',
  async run({ deployment, stack }): Promise<Finding> {
    if (deployment.isLocal) return localFinding(deployment);
    if (stack) return syntheticFinding(stack);
    return { state: 'skipped', says: 'Not tried: give --stack to try a login.' };
  },
};

async function syntheticFinding(stack: DeployedStack): Promise<Finding> {
  const arn = outputOf(stack, 'SyntheticLoginFunction');
  if (arn === undefined) {
    const says = 'Not tried: the synthetic login of this stage is off.';
    const todo = 'Turn it on in the settings (syntheticLogin), or log in by hand.';
    return { state: 'skipped', says, todo, see: 'docs/operations.md#the-synthetic-login' };
  }
  try {
    await callFunction({ name: 'synthetic-login', arn, aws: stack.aws }, {});
    return { ...GOOD, says: 'A complete login by polling succeeded: request, approval, tokens.' };
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== FUNCTION_FAILED) throw error;
    const step = error.message.replace('synthetic-login failed: ', '').replace(/\.$/, '');
    // The limit per user, which holds for the synthetic user too, is not a fault of the provider.
    if (step.includes('403 access_denied'))
      throw new Error('the synthetic user was asked too often; try again in a minute, or in an hour at most');
    const todo = 'If there was a deployment, roll it back.';
    const says = `The login failed: ${step}.`;
    return { state: 'broken', says, todo, see: 'docs/operations.md#alarm-synthetic-login' };
  }
}

async function localFinding(deployment: Deployment): Promise<Finding> {
  const failure = await loginLocally(deployment);
  if (failure === undefined) return GOOD;
  return {
    state: 'broken',
    says: `The login failed: ${failure}.`,
    todo: `Read what the terminal of ${installation.startCommand} says about it.`,
  };
}

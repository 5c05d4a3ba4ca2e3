import { plainLine } from '../command-line/text-layout.ts';
import { outputOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY, readPublicly } from './public-document.ts';

/** Checks that clients and verifiers find the provider under the issuer of its tokens. */
export const discovery: Check = {
  name: 'Discovery',
  of: 'provider',
  async run({ deployment, stack }): Promise<Finding> {
    const expected = `${deployment.origin}/`;
    const see = 'docs/deploy.md#a-name';
    const deployed = stack && outputOf(stack, 'Issuer');
    if (stack && deployed !== expected) {
      const found =
        deployed === undefined ? 'has no output Issuer' : `is the provider ${plainLine(deployed)}, not ${expected}`;
      const says = `The stack ${stack.name} ${found}.`;
      return { state: 'broken', says, todo: 'Leave out --url, or name the stack of this URL.', see };
    }
    const answer = await readPublicly(deployment, DISCOVERY);
    if ('broken' in answer) return answer.broken;
    const { issuer } = answer.body;
    if (issuer === expected) return { state: 'good', says: `Answers, and the issuer is ${expected}` };
    return {
      state: 'broken',
      says: `Answers for the issuer ${plainLine(issuer)}, not ${expected}: clients refuse that.`,
      todo: 'Use the URL of the issuer, or set domain to this name in the settings.',
      see,
    };
  },
};

import { plainLine } from '../command-line/text-layout.ts';
import { outputOf } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY, readPublicly } from './public-document.ts';

/** Clients and verifiers find the provider, under the name that its tokens carry. */
export const discovery: Check = {
  name: 'Discovery',
  of: 'provider',
  async run({ deployment, stack }): Promise<Finding> {
    const expected = `${deployment.origin}/`;
    const see = 'docs/deploy.md#a-name';
    const deployed = stack && outputOf(stack, 'Issuer');
    if (stack && deployed !== expected) {
      const says = `The stack ${stack.name} is the provider ${plainLine(deployed ?? 'of no issuer')}, not ${expected}.`;
      return { state: 'broken', says, todo: 'Leave out --url, or name the stack of this URL.', see };
    }
    const answer = await readPublicly(deployment, DISCOVERY);
    if ('broken' in answer) return answer.broken;
    const { issuer } = answer.body;
    if (issuer === expected) return { state: 'good', says: `Answers, and the issuer is ${expected}` };
    return {
      state: 'broken',
      says: `Answers for the issuer ${plainLine(issuer)}, not ${expected}: clients refuse that.`,
      todo: 'Use the provider under its issuer, or set domain to this name.',
      see,
    };
  },
};

import { callProvider } from '../deployment/provider-call.ts';
import type { Check, Finding } from './check.ts';
import { DISCOVERY } from './public-document.ts';

/** What the provider allows clocks of clients and phones to differ, in seconds. */
const LEEWAY_SECONDS = 60;
/** AWS refuses a signature whose instant is further from its own clock. */
const AWS_SECONDS = 300;

/** Checks that the clock of this machine agrees with the provider's, by the `Date` of an answer. */
export const clock: Check = {
  name: 'Clock',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    if (deployment.isLocal) return { state: 'skipped', says: 'The local runtime has the clock of this machine.' };
    const before = Date.now();
    const answer = await callProvider(deployment, DISCOVERY);
    await answer.body?.cancel();
    const told = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(told)) throw new Error('the answer has no Date');
    return findingAbout(told, before, Date.now());
  },
};

/** Judges an instant, in whole seconds, that was told between two others, all in epoch milliseconds. */
export function findingAbout(told: number, before: number, after: number): Finding {
  const ahead = before - (told + 1000);
  const behind = told - after;
  const seconds = Math.round(Math.max(ahead, behind, 0) / 1000);
  if (seconds <= LEEWAY_SECONDS / 2)
    return { state: 'good', says: 'This machine and the provider have the same time.' };
  const says = `The clock of this machine is ${seconds} s ${ahead > behind ? 'ahead of' : 'behind'} the provider's.`;
  const todo = 'Set the clock of this machine by NTP. If it is right, compare the clocks of other machines.';
  if (seconds <= LEEWAY_SECONDS) return { state: 'warning', says, todo };
  const harm =
    seconds > AWS_SECONDS ? 'AWS refuses calls that it signs' : 'assertions that a client signs here are refused';
  return { state: 'broken', says: `${says.slice(0, -1)}: ${harm}.`, todo };
}

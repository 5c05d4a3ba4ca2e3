import type { Check, Finding } from '../doctor/check.ts';
import { callMembersOf } from '../function-logs/call-members.ts';
import { readLocalLines } from '../function-logs/local-log.ts';
import { type CallOutcome, outcomeOf } from '../function-logs/log-entry.ts';

/** How the last calls of the local provider ended. */
export const localCalls: Check = {
  name: 'Calls',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    if (!deployment.isLocal) return { state: 'skipped', says: 'ciba tail shows the calls of a deployment.' };
    const entries = await readLocalLines(deployment, 0);
    const counts: Record<CallOutcome, number> = { ok: 0, pending: 0, refused: 0, failed: 0 };
    for (const entry of entries) {
      const ending = outcomeOf(entry);
      if (ending !== undefined) counts[ending] += 1;
    }
    const { ok, pending, refused, failed } = counts;
    const says = `Of the last ${ok + pending + refused + failed} calls ${refused} were refused, and ${failed} failed.`;
    if (failed === 0) return { state: 'good', says };
    const last = entries.findLast((entry) => outcomeOf(entry) === 'failed');
    const { fault, correlation_id } = callMembersOf(last ?? { members: {} });
    const which = fault === undefined ? '' : ` The last: ${fault}, correlation id ${correlation_id ?? '-'}.`;
    return { state: 'warning', says: `${says}${which}`, todo: 'ciba tail --outcome failed --since 1h shows them.' };
  },
};

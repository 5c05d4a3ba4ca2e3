import type { ClientView } from '../../provider/core/client/client-view.ts';
import { lastDaysOf } from '../../provider/core/client/secrets.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';
import { allClients } from '../deployment/all-clients.ts';
import type { Check, Finding } from './check.ts';

/** How many clients a finding names, so that it stays readable. */
const MOST_NAMED = 10;

/** Checks that no secret of a client ends within 14 days, or has ended. Whether a client still uses it, only the log knows. */
export const clientSecrets: Check = {
  name: 'Client secrets',
  of: 'provider',
  async run({ api }): Promise<Finding> {
    const { clients } = await allClients(api);
    const withEnd = clients.filter(({ client_secret_expires_at: end }) => end !== undefined);
    const now = Date.now() / 1000;
    const near = withEnd.filter((client) => lastDaysOf(client.client_secret_expires_at, now) !== undefined);
    if (near.length === 0) return { state: 'good', says: `None ends within 14 days. With an end: ${withEnd.length}.` };
    const more = near.length > MOST_NAMED ? ` And ${near.length - MOST_NAMED} more: ciba client list.` : '';
    return {
      state: 'warning',
      says: near.slice(0, MOST_NAMED).map(endOf(now)).join(' ') + more,
      todo: 'Rotate each with an overlap (ciba client rotate-secret), or delete a client that nobody uses.',
      see: 'docs/operations.md#alarm-secret-ends',
    };
  },
};

function endOf(now: number) {
  return ({ client_id: id, client_secret_expires_at: end = 0 }: ClientView) =>
    `The secret of ${plainLine(id)} ${end <= now ? 'ended' : 'ends'} at ${instant(end)}.`;
}

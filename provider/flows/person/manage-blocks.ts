import { type ClientBlockView, viewBlock } from '../../core/person/client-block.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { Clock, Settings } from '../ports.ts';
import type { ClientBlockEnds, People } from './ports.ts';

/** What this flow needs. */
export type ManageBlocksPorts = AuditedPorts & {
  readonly people: People;
  readonly blockEnds: ClientBlockEnds;
  readonly clock: Clock;
  readonly settings: Settings;
};

/** Lists the clients that the user's denials block or make pause. */
export async function listBlocks(
  ports: ManageBlocksPorts,
  sub: string,
): Promise<Result<{ blocks: readonly ClientBlockView[] }>> {
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.people.listBlocks(sub)]);
  if (!user) return refuse({ reason: 'not_found', what: 'user' });
  const now = ports.clock();
  const own = stored.filter(({ profileId }) => profileId === user.profileId);
  return ok({ blocks: own.map((block) => viewBlock(block, ports.settings.denialPause, now)) });
}

/**
 * Ends the block and the pause of one client for one user, after an operator looked at the report. A report that came
 * since the block was read is not ended with it.
 */
export async function unblockClient(
  ports: ManageBlocksPorts,
  { sub, clientId, by }: { sub: string; clientId: string; by: string },
): Promise<Result<true>> {
  const block = (await ports.people.listBlocks(sub)).find((one) => one.clientId === clientId);
  if (!block) return refuse({ reason: 'not_found', what: 'block' });
  return auditedChange(ports, { event: { event: 'client_unblocked', sub, clientId, by } }, async () =>
    (await ports.blockEnds.end(sub, block)) ? ok(true) : refuse({ reason: 'conflict', what: 'block' }),
  );
}

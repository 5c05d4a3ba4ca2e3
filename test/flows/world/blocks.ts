import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type {
  ClientBlockEnds,
  ClientBlockRecords,
  ClientDenial,
  SilentDenialEnds,
  SilentDenials,
} from '../../../provider/flows/person/ports.ts';
import type { Journal } from './journal.ts';

/** What denials did to clients, by person and client. */
export type Blocks = Map<string, ClientBlock>;

const nameOf = (sub: string, clientId: string): string => `${sub} ${clientId}`;

/** Returns what the denials of one person did. */
export const blocksOf = (blocks: Blocks, sub: string): readonly ClientBlock[] =>
  [...blocks].filter(([name]) => name.startsWith(`${sub} `)).map(([, block]) => block);

/** Blocks and pauses of clients. */
export function blocksIn(journal: Journal, given: readonly (ClientBlock & { sub: string })[] = []) {
  const blocks: Blocks = new Map(given.map(({ sub, ...block }) => [nameOf(sub, block.clientId), block]));
  const change = ({ owner, client }: ClientDenial, to: (before: ClientBlock) => ClientBlock) => {
    const name = nameOf(owner.sub, client.clientId);
    const { clientId, registrationId } = client;
    const none = { clientId, registrationId, profileId: owner.profileId, denials: 0, deniedAt: 0 };
    blocks.set(name, to(blocks.get(name) ?? none));
  };
  const denied = (before: ClientBlock, at: number) => ({ ...before, denials: before.denials + 1, deniedAt: at });
  const blockRecords: ClientBlockRecords = journal.port({
    recordDenial: async (denial) => {
      journal.begin(`let ${denial.client.clientId} pause for ${denial.owner.sub}`);
      change(denial, (before) => denied(before, denial.at));
    },
    recordReport: async ({ requestId, isCounted, ...denial }) => {
      const { at } = denial;
      journal.begin(`block ${denial.client.clientId} for ${denial.owner.sub}`);
      change(denial, (before) => ({ ...(isCounted ? denied(before, at) : before), report: { at, requestId } }));
    },
    endPause: async ({ owner, clientId }) => {
      journal.begin(`end pause of ${clientId} for ${owner.sub}`);
      if (!blocks.get(nameOf(owner.sub, clientId))?.report) blocks.delete(nameOf(owner.sub, clientId));
    },
  });
  /** The instant before, by the mark of each denial that nobody makes and that can be taken back. */
  const marked = new Map<string, number>();
  const silentDenials: SilentDenials = journal.port({
    recordSilentDenial: async ({ before: instant, now: _, mark, ...denial }) => {
      journal.begin(`count a silent denial of ${denial.client.clientId} for ${denial.owner.sub}`);
      marked.set(mark, instant);
      change(denial, (before) => denied(before, denial.at));
    },
  });
  const silentDenialEnds: SilentDenialEnds = journal.port({
    takeBack: async ({ owner, client, mark }) => {
      journal.begin(`take back a silent denial of ${client.clientId} for ${owner.sub}`);
      const deniedAt = marked.get(mark);
      if (deniedAt === undefined || !marked.delete(mark)) return;
      change({ owner, client, at: 0 }, (before) => ({ ...before, denials: before.denials - 1, deniedAt }));
    },
  });
  const blockEnds: ClientBlockEnds = journal.port({
    end: async (sub, block) => {
      journal.begin(`end block of ${block.clientId} for ${sub}`);
      const stored = blocks.get(nameOf(sub, block.clientId));
      if (stored && stored.report?.requestId !== block.report?.requestId) return false;
      blocks.delete(nameOf(sub, block.clientId));
      return true;
    },
  });
  return { blocks, blockRecords, silentDenials, silentDenialEnds, blockEnds };
}

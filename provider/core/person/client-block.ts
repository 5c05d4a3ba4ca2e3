import { isSameRegistration, type Registration } from '../client/client.ts';

/** What the denials of one person did to one client. A client without a denial has none. */
export type ClientBlock = Registration & {
  /** The profile of the person who denied. Another person with the same `sub` has another one. */
  readonly profileId: string;
  /**
   * The denial that reported fraud: when, and of which request. While it is there, the client reaches this person no
   * more. Only an operator ends it. Instants are epoch seconds.
   */
  readonly report?: { readonly at: number; readonly requestId: string } | undefined;
  /** How many requests of the client the person denied since they last approved one. */
  readonly denials: number;
  /** When they last denied one. It may lie ahead: a reported client learns of a denial later. 0 if never. */
  readonly deniedAt: number;
};

/** How long a client must pause after a denial, in seconds: after the first one, and at most. */
export type DenialPause = { readonly firstSeconds: number; readonly longestSeconds: number };

/** How much longer each further pause is. */
const PAUSE_GROWTH = 4;

/**
 * Returns what the person's denials did to the client as it is registered now. A block of a former client with the same
 * id, or of a former person with the same `sub`, counts for nothing.
 */
export function blockOf(
  blocks: readonly ClientBlock[],
  { client, profileId }: { client: Registration; profileId: string },
): ClientBlock | undefined {
  return blocks.find((block) => isSameRegistration(block, client) && block.profileId === profileId);
}

/**
 * Returns for how many seconds more the client may not ask this person. The pause follows the last denial. Each further
 * denial without an approval in between makes it four times as long, up to the longest.
 */
export function pauseLeft(block: ClientBlock | undefined, pause: DenialPause | undefined, now: number): number {
  if (!block || !pause || block.denials < 1 || block.deniedAt > now) return 0;
  const { firstSeconds, longestSeconds } = pause;
  const seconds = Math.min(firstSeconds * PAUSE_GROWTH ** (block.denials - 1), longestSeconds);
  return Math.max(0, block.deniedAt + seconds - now);
}

/** The block as operators read it. */
export type ClientBlockView = {
  readonly client_id: string;
  /** When the person reported fraud. Absent if the client only pauses. */
  readonly reported_at?: number;
  /** The request that was reported. */
  readonly request_id?: string;
  /** Denials since the last approval. */
  readonly denials: number;
  /** Until when the client may not ask this person. Absent if it may ask now. */
  readonly paused_until?: number;
};

/** Returns the block as operators read it. */
export function viewBlock(block: ClientBlock, pause: DenialPause | undefined, now: number): ClientBlockView {
  const { clientId, report, denials } = block;
  const left = pauseLeft(block, pause, now);
  return {
    client_id: clientId,
    ...(report && { reported_at: report.at, request_id: report.requestId }),
    denials,
    ...(left > 0 && { paused_until: now + left }),
  };
}

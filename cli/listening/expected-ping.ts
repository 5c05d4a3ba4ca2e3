import type { Deployment } from '../deployment/deployment.ts';
import { type Listening, listenForPings, type Received, trustLocally } from './listener.ts';

/** A notification endpoint that waits for the ping of one request. */
export type ExpectedPing = {
  readonly listening: Listening;
  /** Whether the local runtime trusts its certificate. */
  readonly isTrusted: boolean;
  /** Waits for the ping of a request. Resolves to false if none came in time. */
  pinged(authReqId: string, withinSeconds: number): Promise<boolean>;
};

/** Starts listening. A ping may come before the answer to the request, so all are remembered. */
export async function expectPing(deployment: Deployment, port: number, token: string): Promise<ExpectedPing> {
  const seen = new Set<string>();
  let arrived = Promise.withResolvers<void>();
  const listening = await listenForPings(port, token, async ({ authReqId }: Received) => {
    if (authReqId !== undefined) seen.add(authReqId);
    arrived.resolve();
    arrived = Promise.withResolvers();
    return 204;
  });
  const isTrusted = await trustLocally(deployment, listening).catch((error: unknown) => {
    listening.close();
    throw error;
  });
  const pinged = async (authReqId: string, withinSeconds: number): Promise<boolean> => {
    const end = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => end.resolve('late'), withinSeconds * 1000);
    try {
      while (!seen.has(authReqId)) if ((await Promise.race([arrived.promise, end.promise])) === 'late') return false;
      return true;
    } finally {
      clearTimeout(timer);
    }
  };
  return { listening, isTrusted, pinged };
}

import { limitsOf } from '../../../core/asking/rate-window.ts';
import { type Result, refuse } from '../../../core/result.ts';
import type { RateWindows } from '../ports.ts';
import { type Ringing, type Whom, type WhomToRingPorts, whomToRing } from '../whom-to-ring.ts';

/** What this step needs. */
export type FindWhomToRingPorts = WhomToRingPorts & { readonly rateWindows: Pick<RateWindows, 'countForClient'> };

/** Counts a resend for the client, and finds whom it would ring. */
export async function findWhomToRing(ports: FindWhomToRingPorts, resend: Ringing): Promise<Result<Whom>> {
  const { client, now } = resend;
  const limits = limitsOf(client, ports.settings.clientLimits);
  const [clientLimit, whom] = await Promise.all([
    limits && ports.rateWindows.countForClient(client.clientId, limits, now),
    whomToRing(ports, resend),
  ]);
  if (clientLimit?.allowed !== false) return whom;
  const { retryAfterSeconds, isGuessing } = clientLimit;
  return refuse({ reason: isGuessing ? 'too_many_unknown_users' : 'client_rate_limited', retryAfterSeconds });
}

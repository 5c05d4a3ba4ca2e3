import { judgeResend, resendLimitsOf, resendsLeft } from '../../core/asking/resend.ts';
import { checkMayAsk } from '../../core/client/client.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { readOwnRequestCall } from './own-request.ts';
import { type FindWhomToRingPorts, findWhomToRing } from './resend/find-whom-to-ring.ts';
import { type RingAgainPorts, ringAgain } from './resend/ring-again.ts';

/** What this flow needs. */
export type ResendRequestPorts = ClientAuthenticationPorts & FindWhomToRingPorts & RingAgainPorts;

/** The successful answer. */
export type ResendAnswer = {
  /** For how many seconds more the request can be answered. A resend does not change that. */
  readonly expires_in: number;
  /** How often the client may still have the phones of this request rung. */
  readonly resends_left: number;
};

/**
 * Handles a client's call to have the phones of its own pending request rung again (docs/resend.md), an extension of
 * CIBA. Nothing of the request changes: its id, its end, what is shown and the interval stay. It is refused for the
 * reasons for which the same request would be refused now, and rings nobody where that request would ring nobody.
 */
export async function resendRequest(ports: ResendRequestPorts, call: ClientCall): Promise<Result<ResendAnswer>> {
  const own = await readOwnRequestCall(ports, call);
  if (!own.ok) return own;
  const { client, requestId } = own.value;
  const allowed = checkMayAsk(client, ports.profile);
  if (!allowed.ok) return allowed;
  const stored = requestId === undefined ? undefined : await ports.rungRequests.find(requestId);
  const now = ports.clock();
  const limits = resendLimitsOf(ports.settings.clientLimits);
  const judged = judgeResend(stored, client, now, { limits });
  if (!judged.ok) return judged;
  const resend = { client, request: judged.value, now };
  const whom = await findWhomToRing(ports, resend);
  if (!whom.ok) return whom;
  const rung = await ringAgain(ports, { ...resend, ...whom.value }, call);
  if (!rung.ok) return rung;
  const { request } = rung.value;
  return ok({ expires_in: request.expiresAt - now, resends_left: resendsLeft(request, limits) });
}

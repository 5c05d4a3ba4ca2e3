import type { Client } from '../../core/client/client.ts';
import { devicesThatReach } from '../../core/deciding/acr.ts';
import { decideTokenRequest, type RequestFacts } from '../../core/deciding/authentication-request.ts';
import { type Device, reachable } from '../../core/device/device.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { isSamePerson } from '../../core/person/user.ts';
import type { RefusalReason } from '../../core/refusal.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import type { PushSender } from '../device/ports.ts';
import type { Announcements } from '../notifying/ports.ts';
import { type FindUserPorts, findUserWithDevices } from '../person/user-with-devices.ts';
import type { AuditLog } from '../ports.ts';
import { type CloseOpenedPorts, closeEnded, closeOpened } from './close-opened.ts';
import { readOwnRequestCall } from './own-request.ts';
import type { WithdrawableRequests } from './ports.ts';

/** What this flow needs. */
export type WithdrawRequestPorts = ClientAuthenticationPorts &
  FindUserPorts &
  CloseOpenedPorts & {
    readonly withdrawable: WithdrawableRequests;
    readonly push: PushSender;
    readonly announcements: Announcements;
    readonly audit: AuditLog;
  };

/**
 * Handles a client's withdrawal of one of its requests (docs/withdrawal.md), an extension of CIBA in the shape of RFC
 * 7009. It succeeds whatever an authenticated client presents as `auth_req_id`. Only the log says whether something was
 * withdrawn. One conditional write ends a request that is pending, or approved and not redeemed. Everything after it is
 * for the phones and for later requests, and its failure does not undo the withdrawal. A repeated withdrawal does for
 * later requests what the first one may have left undone. It tells the phones nothing: a client must not ring at will.
 */
export async function withdrawRequest(ports: WithdrawRequestPorts, call: ClientCall): Promise<Result<void>> {
  const own = await readOwnRequestCall(ports, call);
  if (!own.ok) return own;
  const { client, requestId, authReqId } = own.value;
  const reason =
    requestId === undefined ? 'unknown_auth_req_id' : await withdraw(ports, { client, requestId, authReqId }, call);
  call.note({ reason });
  return ok(undefined);
}

async function withdraw(
  ports: WithdrawRequestPorts,
  { client, requestId, authReqId }: { client: Client; requestId: string; authReqId: string },
  call: ClientCall,
): Promise<'withdrawn' | 'approval_withdrawn' | RefusalReason | undefined> {
  const { clientId, registrationId } = client;
  const now = ports.clock();
  const outcome = await ports.withdrawable.recordWithdrawal({ requestId, clientId, registrationId, now });
  if (!outcome.recorded) {
    const decision = decideTokenRequest(outcome.stored, client, now);
    const isRepeated = decision.outcome === 'refuse' && decision.refusal.reason === 'withdrawn_by_client';
    if (isRepeated && outcome.stored) await closeEnded(ports, outcome.stored, authReqId);
    return decision.outcome === 'refuse' ? decision.refusal.reason : undefined;
  }
  const { request, wasApproved } = outcome;
  const { sub } = request;
  ports.audit.write({ event: 'request_withdrawn', requestId, sub, clientId, wasApproved }, now);
  const [cleared] = await Promise.allSettled([clearAway(ports, { request, authReqId }, call)]);
  if (cleared.status === 'rejected') call.note({ detail: 'phones_not_told' });
  return wasApproved ? 'approval_withdrawn' : 'withdrawn';
}

/**
 * Takes the prompt from the phones that rang, and lets the client ask the user again. A request that rang nobody takes
 * as many calls at a time, so that the time does not tell: SNS gets an announcement in place of a push, which leads to
 * nothing. The client must not notice later either, so it may ask again as if the person had been asked.
 */
async function clearAway(
  ports: WithdrawRequestPorts,
  { request, authReqId }: { request: RequestFacts; authReqId: string },
  { note, correlationId }: ClientCall,
): Promise<void> {
  const { requestId, clientId, sub } = request;
  const [owner, { details, silently }] = await Promise.all([
    findUserWithDevices(ports, sub),
    ports.withdrawable.findOpened(request, { requestId, authReqId }),
  ]);
  const devices = owner && isSamePerson(owner.user, request) ? reachable(owner.devices) : [];
  const rung = details ? devicesThatReach(devices, details.asked.acrValues) : [];
  await Promise.all([
    rung.length > 0
      ? silence(ports, { rung, request, note })
      : ports.announcements.announce({ requestId, clientId, correlationId }),
    ...closeOpened(ports, request, { details, silently }),
  ]);
}

/** Pushes the withdrawal. What SNS says to it is only for the log: the next push finds a dead endpoint again. */
async function silence(
  { push, clock }: WithdrawRequestPorts,
  { rung, request, note }: { rung: readonly Device[]; request: RequestFacts; note: ClientCall['note'] },
): Promise<void> {
  const { requestId, expiresAt } = request;
  const outcomes = await push.send(rung, { type: 'request_withdrawn', requestId, expiresAt }, clock());
  const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
  note({ devices: outcomes.length, accepted, ...notedPushes(outcomes) });
}

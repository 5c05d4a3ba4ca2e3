import { acrReached } from '../../core/deciding/acr.ts';
import {
  type AuthenticationRequest,
  type Decision,
  judgeLateDecision,
} from '../../core/deciding/authentication-request.ts';
import { checkDeviceResponse, type DeviceResponse } from '../../core/deciding/device-response.ts';
import { txnOf } from '../../core/digest.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { grantAsked } from '../../core/token/grant.ts';
import {
  type AuthenticatedDevice,
  authenticateDevice,
  authenticateDeviceToken,
  type DeviceAuthenticationPorts,
  type DeviceCall,
} from '../device/authenticate-device.ts';
import type { Announcements } from '../notifying/ports.ts';
import type { AuditTrail, Note } from '../ports.ts';
import type { DecidableRequests, PendingRequest, StoredDetails } from './ports.ts';

/** What this flow needs. */
export type AnswerPorts = DeviceAuthenticationPorts & {
  readonly requests: DecidableRequests;
  readonly announcements: Announcements;
  readonly audit: AuditTrail;
};

/** The form of a request id: SHA-256 in base64url. Any other text finds no request. */
const REQUEST_ID = /^[A-Za-z0-9_-]{43}$/;

/** Lists the user's pending requests, so that a phone that missed the push still works. */
export async function listPendingRequests(
  ports: AnswerPorts,
  call: DeviceCall,
): Promise<Result<readonly PendingRequest[]>> {
  const device = await authenticateDevice(ports, call);
  if (!device.ok) return device;
  return ok(await ports.requests.listPending(device.value.user, ports.clock()));
}

/** Returns the frozen bytes of one request of the device's own user. */
export async function readRequestDetails(
  ports: AnswerPorts,
  call: DeviceCall & { requestId: string },
): Promise<Result<StoredDetails>> {
  const device = await authenticateDevice(ports, call);
  if (!device.ok) return device;
  return findLive(ports, call, () => ports.requests.findDetails(device.value.user, call.requestId));
}

/**
 * Records the answer of a phone. Its signature covers the request, the decision and the hash of the bytes that it
 * showed, which is compared with the provider's own hash. The evidence is written before the decision is committed, and
 * the outcome after it. One conditional write commits the first valid answer. If the client is to be notified, the
 * decision is announced before it is committed. If the announcement fails, there is no decision, and the phone asks its
 * user to try again. That next try writes evidence and announces again, because nothing is decided yet. Once the
 * request is decided, an answer leaves only its outcome.
 */
export async function answerRequest(
  ports: AnswerPorts,
  call: { requestId: string; response: string; correlationId: string; note: Note },
): Promise<Result<true>> {
  const authenticated = await authenticateDeviceToken(ports, call.response, { type: 'response', note: call.note });
  if (!authenticated.ok) return authenticated;
  const { device, user, claims } = authenticated.value;
  const { requestId, response, correlationId } = call;
  const found = await findLive(ports, call, () => ports.requests.findForDecision(user, requestId));
  if (!found.ok) return found;
  const { stored, ...details } = found.value;
  const answer = checkDeviceResponse(claims, { requestId, detailsHash: details.hash });
  if (!answer.ok) return answer;
  call.note({ decision: answer.value.decision, synthetic: details.isSynthetic });
  const valid = { requestId, answer: answer.value, by: authenticated.value };
  if (stored?.state !== 'pending') return acceptLate(ports, valid, stored);
  const shown = Buffer.from(details.bytes).toString('base64url');
  const { sub, deviceId, proof } = device;
  const evidence = { requestId, sub, deviceId, response, details: shown, publicKey: proof.publicKey };
  ports.audit.write({ event: 'decision_evidence', ...evidence }, ports.clock());
  const { notifiedClient: clientId } = details;
  if (clientId !== undefined) await ports.announcements.announce({ requestId, clientId, correlationId });
  return record(ports, valid, details);
}

/** An answer whose signature, request and hash are right. */
type ValidAnswer = { readonly requestId: string; readonly answer: DeviceResponse; readonly by: AuthenticatedDevice };

/** Commits the decision, then writes its outcome to the audit trail. */
async function record(ports: AnswerPorts, valid: ValidAnswer, details: StoredDetails): Promise<Result<true>> {
  const now = ports.clock();
  const { requestId, answer, by } = valid;
  const decision = decide(ports, by, { answer, details, now });
  const recorded = await ports.requests.recordDecision({ requestId, owner: by.user, decision, now });
  if (!recorded.recorded) return acceptLate(ports, valid, recorded.stored);
  writeOutcome(ports, valid, 'recorded');
  return ok(true);
}

/**
 * Accepts an answer that decides nothing any more, or refuses it, and writes its outcome to the audit trail. So the
 * trail is complete when the function ended between the decision and its outcome, and the phone answers again.
 */
function acceptLate(ports: AnswerPorts, valid: ValidAnswer, stored: AuthenticationRequest | undefined): Result<true> {
  const { user, device } = valid.by;
  const { decision } = valid.answer;
  const { sub, profileId } = user;
  const late = judgeLateDecision(stored, { sub, profileId, deviceId: device.deviceId, decision });
  const refusal = late.outcome === 'refuse' ? late.refusal : undefined;
  writeOutcome(ports, valid, refusal?.reason ?? 'recorded_before');
  return refusal ? refuse(refusal) : ok(true);
}

function writeOutcome(ports: AnswerPorts, { requestId, answer, by }: ValidAnswer, outcome: string): void {
  const { sub, deviceId } = by.device;
  const { decision, reason } = answer;
  const event = { event: 'decision_recorded', requestId, sub, deviceId, outcome, decision, reason } as const;
  ports.audit.write(event, ports.clock());
}

function decide(
  ports: AnswerPorts,
  { device, user }: AuthenticatedDevice,
  { answer, details, now }: { answer: DeviceResponse; details: StoredDetails; now: number },
): Decision {
  if (answer.decision === 'deny') return { decision: 'deny', deviceId: device.deviceId, reason: answer.reason };
  const grant = grantAsked(details.asked, {
    registrationId: details.registrationId,
    sub: user.sub,
    profileId: user.profileId,
    blockCount: user.blockCount,
    deviceId: device.deviceId,
    authTime: now,
    amr: answer.amr,
    acr: acrReached(answer.amr, ports.settings.acrPolicy),
    userClaims: user.claims,
  });
  return { decision: 'approve', grant };
}

/**
 * Finds a request that has not expired. An unknown request and another user's get the same refusal; an expired one is
 * refused as `request_over`.
 */
async function findLive<Found extends StoredDetails>(
  ports: AnswerPorts,
  { requestId, note }: { requestId: string; note: Note },
  find: () => Promise<Found | undefined>,
): Promise<Result<Found>> {
  if (!REQUEST_ID.test(requestId)) return refuse({ reason: 'request_not_found' });
  note({ txn: txnOf(requestId) });
  const found = await find();
  if (!found) return refuse({ reason: 'request_not_found' });
  return ports.clock() < found.expiresAt ? ok(found) : refuse({ reason: 'request_over' });
}

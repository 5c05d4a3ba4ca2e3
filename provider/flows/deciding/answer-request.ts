import { acrReached } from '../../core/deciding/acr.ts';
import { type Decision, judgeLateDecision } from '../../core/deciding/authentication-request.ts';
import { checkDeviceResponse, type DeviceResponse } from '../../core/deciding/device-response.ts';
import { txnOf } from '../../core/digest.ts';
import type { Owner } from '../../core/person/user.ts';
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
  return findDetails(ports, device.value.user, call);
}

/**
 * Records the answer of a phone. Its signature covers the request, the decision and the hash of the bytes that it
 * showed, which is compared with the provider's own hash. The evidence is written before the decision is committed, and
 * the outcome after it. One conditional write commits the first valid answer. If the client is to be notified, the
 * decision is announced before it is committed. If the announcement fails, there is no decision, and the phone asks its
 * user to try again.
 */
export async function answerRequest(
  ports: AnswerPorts,
  call: { requestId: string; response: string; correlationId: string; note: Note },
): Promise<Result<true>> {
  const authenticated = await authenticateDeviceToken(ports, call.response, { type: 'response', note: call.note });
  if (!authenticated.ok) return authenticated;
  const { device, user, claims } = authenticated.value;
  const details = await findDetails(ports, user, call);
  if (!details.ok) return details;
  const answer = checkDeviceResponse(claims, { requestId: call.requestId, detailsHash: details.value.hash });
  if (!answer.ok) return answer;
  call.note({ decision: answer.value.decision, synthetic: details.value.isSynthetic });
  const { sub, deviceId } = device;
  const { publicKey } = device.proof;
  const { requestId, response } = call;
  const shown = Buffer.from(details.value.bytes).toString('base64url');
  const evidence = { requestId, sub, deviceId, response, details: shown, publicKey };
  ports.audit.write({ event: 'decision_evidence', ...evidence }, ports.clock());
  const { notifiedClient: clientId } = details.value;
  if (clientId !== undefined)
    await ports.announcements.announce({ requestId, clientId, correlationId: call.correlationId });
  return record(ports, authenticated.value, { requestId, answer: answer.value, details: details.value });
}

/** Commits the decision, then writes its outcome to the audit trail. */
async function record(
  ports: AnswerPorts,
  by: AuthenticatedDevice,
  { requestId, answer, details }: { requestId: string; answer: DeviceResponse; details: StoredDetails },
): Promise<Result<true>> {
  const now = ports.clock();
  const { sub, profileId } = by.user;
  const { deviceId } = by.device;
  const { decision, reason } = answer;
  const decided = decide(ports, by, { answer, details, now });
  const recorded = await ports.requests.recordDecision({ requestId, owner: by.user, decision: decided, now });
  const late = recorded.recorded
    ? undefined
    : judgeLateDecision(recorded.stored, { sub, profileId, deviceId, decision });
  const refusal = late?.outcome === 'refuse' ? late.refusal : undefined;
  const outcome = refusal?.reason ?? (late ? 'recorded_before' : 'recorded');
  ports.audit.write({ event: 'decision_recorded', requestId, sub, deviceId, outcome, decision, reason }, now);
  return refusal ? refuse(refusal) : ok(true);
}

function decide(
  ports: AnswerPorts,
  { device, user }: AuthenticatedDevice,
  { answer, details, now }: { answer: DeviceResponse; details: StoredDetails; now: number },
): Decision {
  if (answer.decision === 'deny') return { decision: 'deny', deviceId: device.deviceId, reason: answer.reason };
  const grant = grantAsked(details.asked, {
    sub: user.sub,
    profileId: user.profileId,
    deviceId: device.deviceId,
    authTime: now,
    amr: answer.amr,
    acr: acrReached(answer.amr, ports.settings.acrPolicy),
    userClaims: user.claims,
  });
  return { decision: 'approve', grant };
}

/**
 * Finds the details of a request. An unknown request and another user's get the same refusal; an expired one is refused
 * as `request_over`.
 */
async function findDetails(
  ports: AnswerPorts,
  owner: Owner,
  { requestId, note }: { requestId: string; note: Note },
): Promise<Result<StoredDetails>> {
  if (!REQUEST_ID.test(requestId)) return refuse({ reason: 'request_not_found' });
  note({ txn: txnOf(requestId) });
  const details = await ports.requests.findDetails(owner, requestId);
  if (!details) return refuse({ reason: 'request_not_found' });
  return ports.clock() < details.expiresAt ? ok(details) : refuse({ reason: 'request_over' });
}

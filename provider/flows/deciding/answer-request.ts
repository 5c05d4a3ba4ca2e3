import type { Verification } from '../../core/deciding/acr.ts';
import {
  type AuthenticationRequest,
  hasWrongNumbers,
  isDecidable,
  isWithdrawn,
  judgeLateDecision,
} from '../../core/deciding/authentication-request.ts';
import { decisionOf } from '../../core/deciding/decision.ts';
import {
  checkDeviceResponse,
  type DeviceResponse,
  notedDecision,
  reportsFraud,
} from '../../core/deciding/device-response.ts';
import { awaitsNumber } from '../../core/deciding/number-matching.ts';
import { checkVerification } from '../../core/deciding/verification.ts';
import { txnOf } from '../../core/digest.ts';
import type { EvidenceKey } from '../../core/person/evidence-key.ts';
import { enrolledDevices, type User } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import {
  type AuthenticatedDevice,
  authenticateDevice,
  authenticateDeviceToken,
  type DeviceAuthenticationPorts,
  type DeviceCall,
} from '../device/authenticate-device.ts';
import { auditedChange, type RecordDone } from '../operating/audited-change.ts';
import { findUserWithDevices } from '../person/user-with-devices.ts';
import type { Entropy, Note } from '../ports.ts';
import { type CheckNumberPorts, checkNumber } from './answer/check-number.ts';
import { type EvidencePorts, evidenceKeyOf, sealEvidence } from './answer/seal-evidence.ts';
import { blockReported, type ClientDenialPorts, changePause, isOfReported, unlessReported } from './client-denials.ts';
import type { DecidableRequest, DecidableRequests, PendingRequest, StoredDetails } from './ports.ts';

/** What this flow needs. */
export type AnswerPorts = DeviceAuthenticationPorts &
  ClientDenialPorts &
  EvidencePorts &
  CheckNumberPorts & { readonly requests: DecidableRequests; readonly entropy: Entropy };

/** An answer that is recorded. `number`: what the device shows, and the client has to enter before the approval counts. */
export type RecordedAnswer = { readonly number?: string | undefined };

/** The form of a request id: SHA-256 in base64url. Any other text finds no request. */
const REQUEST_ID = /^[A-Za-z0-9_-]{43}$/;
/** The form of a device id. It stands in a key, which has a greatest length. Any other text names no device. */
const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** How many requests a list has at most. With the limits that are set by default, fewer wait for a person. */
const LONGEST_LIST = 100;

/**
 * Lists the user's pending requests, the newest first, so that a phone that missed the push still works. Those of a
 * client that the user reported are left out, and so is what does not fit into the list.
 */
export async function listPendingRequests(
  ports: AnswerPorts,
  call: DeviceCall,
): Promise<Result<readonly PendingRequest[]>> {
  const device = await authenticateDevice(ports, call);
  if (!device.ok) return device;
  const pending = await ports.requests.listPending(device.value.user, ports.clock());
  return ok(pending.filter((request) => !isOfReported(ports, device.value, request)).slice(0, LONGEST_LIST));
}

/**
 * Returns the frozen bytes of one request of the device's own user. A request of a client that the user reported since
 * it was asked is not found any more. One that its client withdrew is over.
 */
export async function readRequestDetails(
  ports: AnswerPorts,
  call: DeviceCall & { requestId: string },
): Promise<Result<StoredDetails>> {
  const device = await authenticateDevice(ports, call);
  if (!device.ok) return device;
  const found = await findLive(ports, call, async () =>
    unlessReported(ports, device.value, await ports.requests.findDetails(device.value.user, call.requestId)),
  );
  if (!found.ok) return found;
  // The request may have a number that the phone is not told.
  const { stored, ...details } = found.value;
  return isWithdrawn(stored) ? refuse({ reason: 'request_withdrawn' }) : ok(details);
}

/**
 * Records the answer of a phone. Its signature covers the request, the decision and the hash of the bytes that it
 * showed, which is compared with the provider's own hash. An approval that was not verified as the request needs it is
 * refused before anything is stored, and the request still waits. The evidence is stored durably before the decision is
 * committed, and the outcome after it. Without stored evidence there is no approval, unless the settings allow it; a
 * denial is always recorded. A denial that reports fraud blocks the client before it is committed. One conditional
 * write commits the first valid answer. If the client is to be notified, the decision is announced before it is
 * committed. If the announcement fails, there is no decision, and the phone asks its user to try again. That next try
 * stores evidence and announces again, because nothing is decided yet. Once the request is decided, an answer leaves
 * only its outcome. An approval of a request whose client has to enter a number is recorded, and does not count yet: the
 * client is told of nothing, and the answer has the number for this device alone.
 */
export async function answerRequest(
  ports: AnswerPorts,
  call: { requestId: string; response: string; correlationId: string; note: Note },
): Promise<Result<RecordedAnswer>> {
  const { requestId, response, correlationId, note } = call;
  const reading = readTogether(ports, requestId);
  const authenticated = await authenticateDeviceToken(ports, response, { type: 'response', note, find: reading.owner });
  if (!authenticated.ok) return authenticated;
  const found = await findLive(ports, call, async () => reading.requestOf(authenticated.value.user));
  if (!found.ok) return found;
  const { stored, ...details } = found.value;
  const answer = checkDeviceResponse(authenticated.value.claims, { requestId, detailsHash: details.hash });
  if (!answer.ok) return answer;
  note({ ...notedDecision(answer.value), synthetic: details.isSynthetic });
  const valid = { requestId, answer: answer.value, by: authenticated.value };
  if (!stored || !isDecidable(stored, answer.value.decision)) return answerLate(ports, { ...valid, details }, stored);
  const { device, signedBy } = valid.by;
  const verification = checkVerification(answer.value, { signedBy, proof: device.proof }, details.asked.acrValues);
  if (!verification.ok) return verification;
  const number = await checkNumber(ports, {
    answer: answer.value,
    request: stored,
    details,
    by: valid.by,
    correlationId,
  });
  if (!number.ok) return number;
  const key = await evidenceKeyOf(ports, valid.by.user, reading.evidenceKey());
  if (!key) return refuse({ reason: 'device_not_authenticated', because: 'unknown_device' });
  const event = sealEvidence(ports, valid, { response, details, key });
  const change = { event, outcome: outcomeOf(valid) };
  return auditedChange(ports, { ...change, takesAway: answer.value.decision === 'deny' }, async (done) => {
    await blockReported(ports, { ...valid, details });
    const { notifiedClient: clientId } = details;
    if (clientId !== undefined && !awaitsNumber(stored, answer.value))
      await ports.announcements.announce({ requestId, clientId, correlationId });
    return record({ ...ports, done }, { ...valid, verification: verification.value, stored }, details);
  });
}

/**
 * Reads everything that an answer needs in one call: the user, the device, the details and the request. What it read of
 * the request is only used once the device is authenticated. A malformed id finds nothing, so only the user is read.
 */
function readTogether(ports: AnswerPorts, requestId: string) {
  let decidable: DecidableRequest | undefined;
  let profileId: string | undefined;
  let key: EvidenceKey | undefined;
  const owner = async (sub: string, deviceId: string) => {
    if (!REQUEST_ID.test(requestId) || !DEVICE_ID.test(deviceId)) return findUserWithDevices(ports, sub);
    const read = await ports.requests.readForDecision({ sub, deviceId, requestId });
    ({ request: decidable, requestProfileId: profileId, evidenceKey: key } = read);
    return read.user && { user: read.user, devices: enrolledDevices(read.user, read.device ? [read.device] : []) };
  };
  const requestOf = (user: User) => (user.profileId === profileId ? decidable : undefined);
  return { owner, requestOf, evidenceKey: () => key };
}

/** An answer whose signature, request and hash are right. */
type ValidAnswer = { readonly requestId: string; readonly answer: DeviceResponse; readonly by: AuthenticatedDevice };

function outcomeOf({ requestId, answer, by }: ValidAnswer) {
  const { sub, deviceId } = by.device;
  const { decision, reason } = answer;
  return (outcome: string) =>
    ({ event: 'decision_recorded', requestId, sub, deviceId, outcome, decision, reason }) as const;
}

/** Commits the decision. */
async function record(
  ports: AnswerPorts & { readonly done: RecordDone },
  valid: ValidAnswer & { readonly verification: Verification; readonly stored: AuthenticationRequest },
  details: StoredDetails,
): Promise<Result<RecordedAnswer>> {
  const now = ports.clock();
  const { requestId, answer, by, verification, stored: read } = valid;
  const { numberMatching, wrongNumbers } = read;
  const answered = { ...details, numberMatching, verification, user: by.user, deviceId: by.device.deviceId };
  const policy = { acrPolicy: ports.settings.acrPolicy, now, number: ports.entropy.twoDigits() };
  const decision = decisionOf(answer, answered, policy);
  const recorded = await ports.requests.recordDecision({ requestId, owner: by.user, decision, wrongNumbers, now });
  if (recorded.recorded) {
    const awaited = decision.decision === 'approve' ? decision.number : undefined;
    // The client would notice an approval that waits for its number, if it could ask anew or its pause ended.
    if (awaited === undefined) await changePause(ports, { ...valid, details });
    return ok({ number: awaited });
  }
  const { stored } = recorded;
  // A wrong number was counted meanwhile. Each brings the request closer to its end, so this ends too.
  if (stored && isDecidable(stored, answer.decision) && stored.wrongNumbers !== wrongNumbers)
    return record(ports, { ...valid, stored }, details);
  const refusal = refusalOfLate(valid, stored);
  if (refusal) return refuse(refusal);
  await ports.done(outcomeOf(valid)('recorded_before'));
  return ok(shownAgain(stored));
}

/** The number that the device shows again, as long as the client has not entered it. */
function shownAgain(stored: AuthenticationRequest | undefined): RecordedAnswer {
  return stored?.state === 'awaiting_number' ? { number: stored.number } : {};
}

/**
 * Accepts an answer that decides nothing any more, or refuses it, and stores its outcome. So the trail is complete when
 * the function ended between the decision and its outcome, and the phone answers again. A report of fraud about
 * a request that was withdrawn, or ended by wrong numbers, blocks the client all the same: a client must not escape it by
 * withdrawing in time, or by entering wrong numbers.
 */
async function answerLate(
  ports: AnswerPorts,
  valid: ValidAnswer & { readonly details: StoredDetails },
  stored: AuthenticationRequest | undefined,
): Promise<Result<RecordedAnswer>> {
  const { audit, clock } = ports;
  const refusal = refusalOfLate(valid, stored);
  const isEndedByClient = refusal?.reason === 'request_withdrawn' || hasWrongNumbers(stored);
  if (isEndedByClient) await blockReported(ports, valid);
  const change = audit.newChange();
  const step = refusal
    ? ({ change, phase: 'refused', refusal: refusal.reason } as const)
    : ({ change, phase: 'done' } as const);
  await audit.record(outcomeOf(valid)(refusal?.reason ?? 'recorded_before'), step, clock());
  return refusal ? refuse(refusal) : ok(shownAgain(stored));
}

/** Why an answer to a request that is decided or gone is refused. Undefined if it is the decision that was made. */
function refusalOfLate({ answer, by }: ValidAnswer, stored: AuthenticationRequest | undefined) {
  const { sub, profileId } = by.user;
  const { deviceId } = by.device;
  const isReport = reportsFraud(answer);
  const late = judgeLateDecision(stored, { sub, profileId, deviceId, decision: answer.decision, isReport });
  return late.outcome === 'refuse' ? late.refusal : undefined;
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

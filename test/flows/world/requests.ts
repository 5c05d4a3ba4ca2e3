import { timesRung } from '../../../provider/core/asking/delivery-attempt.ts';
import type { SilentlyAsked } from '../../../provider/core/asking/silent-denial.ts';
import { isSameRegistration } from '../../../provider/core/client/client.ts';
import {
  type AuthenticationRequest,
  type Decision,
  isDecidable,
  isSilentlyDenied,
  type RequestFacts,
} from '../../../provider/core/deciding/authentication-request.ts';
import { countWrong } from '../../../provider/core/deciding/number-matching.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { EvidenceKey } from '../../../provider/core/person/evidence-key.ts';
import { isSamePerson, type User } from '../../../provider/core/person/user.ts';
import type { AuthenticationRequests, NewRequest, WithdrawableRequests } from '../../../provider/flows/asking/ports.ts';
import type { DecidableRequests, NumberedRequests, StoredDetails } from '../../../provider/flows/deciding/ports.ts';
import type { RedeemableRequests } from '../../../provider/flows/token/ports.ts';
import type { Journal } from './journal.ts';

/** Whether the user can still answer, or at least deny. */
const isAnswerable = (
  request: AuthenticationRequest,
  now: number,
  decision: 'approve' | 'deny' = 'deny',
): request is Extract<AuthenticationRequest, { state: 'pending' | 'awaiting_number' }> =>
  isDecidable(request, decision) && now < request.expiresAt;

/** Whether the client can still withdraw it. */
const isWithdrawable = (request: AuthenticationRequest, now: number): boolean =>
  request.state === 'approved' || (isDecidable(request, 'deny') && !isSilentlyDenied(request, now));

/** Authentication requests with their states, and what each room may do with them. */
export function requestsIn(journal: Journal, given: readonly AuthenticationRequest[] = []) {
  const stored = new Map(given.map((request) => [request.requestId, request]));
  const created: NewRequest[] = [];
  const sealed = new Map<string, SilentlyAsked>();
  const asking: AuthenticationRequests = journal.port({
    create: async (request) => {
      journal.begin('store request');
      created.push(request);
      const { number } = request;
      stored.set(request.request.requestId, { ...request.request, state: 'pending', number });
    },
    createSilent: async ({ request, sealed: more }) => {
      journal.begin('store silent request');
      if (more) sealed.set(more.authReqId, more.asked);
      stored.set(request.requestId, { ...request, state: 'pending' });
    },
    recordUnreached: async (requestId) => {
      journal.begin(`fail request ${requestId}`);
      const request = stored.get(requestId);
      if (request) stored.set(requestId, { ...factsOf(request), state: 'failed' });
    },
  });
  const redeeming: RedeemableRequests = journal.port({
    recordPoll: async ({ requestId, now, ...client }) => {
      journal.begin(`record poll by ${client.clientId}`);
      const request = stored.get(requestId);
      if (!request || !isSameRegistration(request, client) || !isAnswerable(request, now) || now < request.nextPollAt)
        return { recorded: false, stored: request };
      stored.set(requestId, { ...request, nextPollAt: now + request.intervalSeconds });
      return { recorded: true };
    },
    recordEarlyPoll: async ({ request: { requestId }, now }) => {
      journal.begin('record early poll');
      const request = stored.get(requestId);
      if (!request || !isAnswerable(request, now) || now >= request.nextPollAt)
        return { recorded: false, stored: request };
      const intervalSeconds = request.intervalSeconds + 5;
      stored.set(requestId, { ...request, intervalSeconds, nextPollAt: now + intervalSeconds });
      return { recorded: true, intervalSeconds };
    },
    claimApproved: async ({ request: { requestId } }) => {
      journal.begin('claim');
      const request = stored.get(requestId);
      if (request?.state !== 'approved') return { recorded: false, stored: request };
      stored.set(requestId, { ...factsOf(request), state: 'redeemed', deviceId: request.grant.deviceId });
      return { recorded: true };
    },
    recordTakenBack: async ({ request: { requestId }, because }) => {
      journal.begin(`record taken back: ${because}`);
      const request = stored.get(requestId);
      if (request?.state !== 'approved') return false;
      const { deviceId } = request.grant;
      stored.set(requestId, { ...factsOf(request), state: 'failed', takenBack: { because, deviceId } });
      return true;
    },
  });
  const withdrawing: WithdrawableRequests = journal.port({
    recordWithdrawal: async ({ requestId, now, ...client }) => {
      journal.begin(`record withdrawal by ${client.clientId}`);
      const request = stored.get(requestId);
      if (!request || !isSameRegistration(request, client) || !isWithdrawable(request, now))
        return { recorded: false, stored: request };
      stored.set(requestId, { ...factsOf(request), state: 'failed', because: 'withdrawn' });
      return { recorded: true, request, wasApproved: 'grant' in request };
    },
    findOpened: async ({ sub }, { requestId, authReqId }) => {
      journal.begin(`find details for ${sub}`);
      const made = created.find(({ request }) => request.requestId === requestId);
      const silently = sealed.get(authReqId);
      return { details: made && { ...made, ...made.details, ...made.request }, silently };
    },
  });
  const numbers: NumberedRequests = journal.port({
    findRequest: async (requestId) => {
      journal.begin('find request');
      return stored.get(requestId);
    },
    recordWrongNumber: async ({ request: read, now }) => {
      journal.begin('count a wrong number');
      const request = stored.get(read.requestId);
      if (!request || !isAnswerable(request, now) || request.wrongNumbers !== read.wrongNumbers)
        return { recorded: false, stored: request };
      const { count: wrongNumbers, attemptsLeft } = countWrong(request);
      const over = { ...factsOf(request), wrongNumbers, state: 'failed', because: 'wrong_number' } as const;
      stored.set(read.requestId, attemptsLeft === 0 ? over : { ...request, wrongNumbers });
      return { recorded: true };
    },
    recordMatch: async ({ request: read, now }) => {
      journal.begin('let the approval count');
      const request = stored.get(read.requestId);
      if (
        request?.state !== 'awaiting_number' ||
        now >= request.expiresAt ||
        request.wrongNumbers !== read.wrongNumbers
      )
        return { recorded: false, stored: request };
      stored.set(read.requestId, { ...factsOf(request), state: 'approved', grant: request.grant });
      return { recorded: true };
    },
  });
  return { stored, created, asking, redeeming, withdrawing, numbers };
}

/** Authentication requests as devices decide them, each with its details. */
export function decidableIn(
  journal: Journal,
  stored: Map<string, AuthenticationRequest>,
  {
    details,
    ...people
  }: {
    details: Map<string, StoredDetails>;
    users: Map<string, User>;
    devices: Map<string, Device>;
    keys: Map<string, EvidenceKey>;
  },
): DecidableRequests {
  return journal.port({
    listPending: async (owner, now) => {
      journal.begin(`list pending requests of ${owner.sub}`);
      const pending = [...stored.values()].filter(
        (request) => isSamePerson(request, owner) && isAnswerable(request, now),
      );
      return pending.map(
        ({ requestId, issuedAt, expiresAt, clientId, registrationId, numberMatching, ...request }) => ({
          requestId,
          issuedAt,
          expiresAt,
          clientId,
          registrationId,
          numberMatching,
          isAwaitingNumber: request.state === 'awaiting_number' || undefined,
          timesRung: timesRung(request),
        }),
      );
    },
    findDetails: async (owner, requestId) => {
      journal.begin(`find details for ${owner.sub}`);
      const request = stored.get(requestId);
      const found = request && isSamePerson(request, owner) ? details.get(requestId) : undefined;
      return found && { ...found, stored: request };
    },
    readForDecision: async ({ sub, deviceId, requestId }) => {
      journal.begin(`read user, device ${deviceId}, details and request for ${sub}`);
      const asked = stored.get(requestId);
      const request = asked?.sub === sub ? asked : undefined;
      const found = request && details.get(requestId);
      return {
        user: people.users.get(sub),
        device: people.devices.get(deviceId)?.sub === sub ? people.devices.get(deviceId) : undefined,
        request: found && { ...found, stored: request },
        requestProfileId: request?.profileId,
        evidenceKey: people.keys.get(sub),
      };
    },
    recordDecision: async ({ requestId, owner, decision, wrongNumbers, now }) => {
      const reason = decision.decision === 'deny' && decision.reason;
      journal.begin(`record ${decision.decision}${reason ? ` for ${reason}` : ''}`);
      const request = stored.get(requestId);
      if (!request || !isSamePerson(request, owner) || !isAnswerable(request, now, decision.decision))
        return { recorded: false, stored: request };
      if (decision.decision === 'approve' && request.wrongNumbers !== wrongNumbers)
        return { recorded: false, stored: request };
      stored.set(requestId, decided(factsOf(request), decision));
      return { recorded: true };
    },
  });
}

function decided(facts: RequestFacts, decision: Decision): AuthenticationRequest {
  if (decision.decision === 'deny') return { ...facts, state: 'denied', deviceId: decision.deviceId };
  const { grant, number } = decision;
  return number === undefined
    ? { ...facts, state: 'approved', grant }
    : { ...facts, state: 'awaiting_number', grant, number };
}

function factsOf(request: AuthenticationRequest): RequestFacts {
  const { requestId, clientId, registrationId, sub, profileId, ...more } = request;
  const { issuedAt, expiresAt, intervalSeconds, nextPollAt, numberMatching, wrongNumbers } = more;
  const parties = { clientId, registrationId, sub, profileId };
  const counted = { ...(numberMatching && { numberMatching }), ...(wrongNumbers !== undefined && { wrongNumbers }) };
  return { requestId, ...parties, issuedAt, expiresAt, intervalSeconds, nextPollAt, ...counted };
}

import { type ApprovedRequest, decideTokenRequest } from '../../../core/deciding/authentication-request.ts';
import { requestIdOf, txnOf } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { Clock } from '../../ports.ts';
import { type IssuedTokens, type IssueTokensPorts, issueTokens } from '../issue-tokens.ts';
import type { GrantCall, RedeemableRequests } from '../ports.ts';

/** What this grant needs. */
export type CibaGrantPorts = IssueTokensPorts & {
  readonly requests: RedeemableRequests;
  readonly clock: Clock;
};

/** How often a decision is taken anew when the request changed under it. Each time the state has moved on, so few suffice. */
const DECISION_ROUNDS = 3;
/** Longest `auth_req_id` worth hashing. Ours have 43 characters. */
const AUTH_REQ_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** A client polls or redeems its authentication request (CIBA §10.1, §11). */
export async function redeemAuthReqId(ports: CibaGrantPorts, call: GrantCall): Promise<Result<IssuedTokens>> {
  const authReqId = single(call.form, 'auth_req_id');
  if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });
  if (!AUTH_REQ_ID.test(authReqId)) return refuse({ reason: 'unknown_auth_req_id' });
  const requestId = requestIdOf(authReqId);
  call.note({ txn: txnOf(requestId) });
  return poll(ports, call, requestId);
}

/** One conditional write for a poll in time, two for one too fast, two for the final one. */
async function poll(ports: CibaGrantPorts, call: GrantCall, requestId: string): Promise<Result<IssuedTokens>> {
  const { clientId } = call.client;
  const first = await ports.requests.recordPoll({ requestId, clientId, now: ports.clock() });
  if (first.recorded) return refuse({ reason: 'authorization_pending' });
  let { stored } = first;
  for (let round = 0; round < DECISION_ROUNDS; round += 1) {
    const now = ports.clock();
    const decision = decideTokenRequest(stored, clientId, now);
    if (decision.outcome === 'refuse') return refuse(decision.refusal);
    if (decision.outcome === 'issue') return redeem(ports, call, decision.request);
    const early = await ports.requests.recordEarlyPoll({ request: decision.request, now });
    if (early.recorded) return refuse({ reason: 'polled_too_fast', intervalSeconds: early.intervalSeconds });
    stored = early.stored;
  }
  throw new Error('the request kept changing while it was polled');
}

/**
 * Mint before claim: everything that can fail happens before the one write that spends the approval. A failure while
 * signing leaves the request redeemable; a lost race costs a signature.
 */
async function redeem(
  ports: CibaGrantPorts,
  { client, confirmation, note }: GrantCall,
  request: ApprovedRequest,
): Promise<Result<IssuedTokens>> {
  const now = ports.clock();
  const { grant, requestId, sub, issuedAt } = request;
  const tokens = await issueTokens(ports, { client, grant, confirmation, now });
  if (!(await ports.requests.claimApproved({ request, now }))) return refuse({ reason: 'lost_redemption_race' });
  note({ approval_seconds: grant.authTime - issuedAt });
  return ok({ tokens, sub, requestId });
}

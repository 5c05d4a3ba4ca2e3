import { type ApprovedRequest, decideTokenRequest } from '../../../core/deciding/authentication-request.ts';
import { requestIdOf, txnOf } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { Clock } from '../../ports.ts';
import { type IssuedTokens, type IssueTokensPorts, issueTokens } from '../issue-tokens.ts';
import type { GrantCall, RedeemableRequests } from '../ports.ts';

/** What this grant type needs. */
export type CibaGrantPorts = IssueTokensPorts & {
  readonly requests: RedeemableRequests;
  readonly clock: Clock;
};

/**
 * How often a decision is repeated if the request changed in the meantime. Each change brings the request closer to its
 * end, so a few rounds are enough.
 */
const DECISION_ROUNDS = 3;
/** An `auth_req_id` that is worth hashing: at most 128 characters. Those of this provider have 43. */
const AUTH_REQ_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Lets a client poll for or redeem its authentication request (CIBA §10.1, §11). */
export async function redeemAuthReqId(ports: CibaGrantPorts, call: GrantCall): Promise<Result<IssuedTokens>> {
  const authReqId = single(call.form, 'auth_req_id');
  if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });
  if (!AUTH_REQ_ID.test(authReqId)) return refuse({ reason: 'unknown_auth_req_id' });
  const requestId = requestIdOf(authReqId);
  call.note({ txn: txnOf(requestId) });
  return poll(ports, call, requestId);
}

/**
 * Polls with one conditional write if the poll is in time, two if it is too fast, and two for the poll that redeems the
 * request.
 */
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
  throw new Error('the authentication request kept changing while it was polled');
}

/**
 * Signs the tokens before it claims the request: everything that can fail happens before the one write that uses up the
 * approval. A failure while signing leaves the request redeemable. A lost race wastes only a signature.
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
  return ok({ tokens, sub, requestId, issuedAt: now });
}

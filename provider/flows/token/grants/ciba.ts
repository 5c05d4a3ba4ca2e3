import { checkResources, narrowAudience } from '../../../core/asking/audience.ts';
import type { Client } from '../../../core/client/client.ts';
import { credentialStands } from '../../../core/client/proven-credential.ts';
import { requestIdNamed } from '../../../core/deciding/auth-req-id.ts';
import {
  type ApprovedRequest,
  type AuthenticationRequest,
  decideTokenRequest,
} from '../../../core/deciding/authentication-request.ts';
import { ignoresSlowDown } from '../../../core/deciding/interval.ts';
import { txnOf } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import type { Refusal } from '../../../core/refusal.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import { CIBA_GRANT } from '../../../core/token/grant-types.ts';
import { judgeGrant } from '../../../core/token/standing-grant.ts';
import type { Clients } from '../../client/ports.ts';
import { type FindUserPorts, findUserWithDevices } from '../../person/user-with-devices.ts';
import type { AuditLog, Clock } from '../../ports.ts';
import { endTakenBack } from '../end-taken-back.ts';
import { type IssuedTokens, type IssueTokensPorts, issueTokens } from '../issue-tokens.ts';
import type { GrantCall, RedeemableRequests } from '../ports.ts';

/** What this grant type needs. */
export type CibaGrantPorts = IssueTokensPorts &
  FindUserPorts & {
    readonly requests: RedeemableRequests;
    readonly clients: Pick<Clients, 'findAnew'>;
    readonly audit: AuditLog;
    readonly clock: Clock;
  };

/**
 * How often a decision is repeated if the request changed in the meantime. Each change brings the request closer to its
 * end, so a few rounds are enough.
 */
const DECISION_ROUNDS = 3;

/**
 * Lets a client poll for or redeem its authentication request (CIBA §10.1, §11). A `resource` narrows the audience of
 * the token. A resource that was not granted leaves the request redeemable.
 */
export async function redeemAuthReqId(ports: CibaGrantPorts, call: GrantCall): Promise<Result<IssuedTokens>> {
  const authReqId = single(call.form, 'auth_req_id');
  if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });
  const requestId = requestIdNamed(authReqId);
  if (requestId === undefined) return refuse({ reason: 'unknown_auth_req_id' });
  const resources = checkResources(call.form.get('resource') ?? []);
  if (!resources.ok) return resources;
  call.note({ txn: txnOf(requestId) });
  return poll(ports, call, requestId);
}

/**
 * Polls with one conditional write if the poll is in time, and two if it is too fast. A client that does not obey
 * `slow_down` costs one again, and gets an error, until its request has an end (CIBA §11). The poll that redeems the request
 * reads user, devices and client between its two writes.
 */
async function poll(ports: CibaGrantPorts, call: GrantCall, requestId: string): Promise<Result<IssuedTokens>> {
  const { client } = call;
  const { clientId, registrationId } = client;
  // One instant judges the poll, however long its writes take: a poll that came too early stays one.
  const now = ports.clock();
  const first = await ports.requests.recordPoll({ requestId, clientId, registrationId, now });
  if (first.recorded) return refuse({ reason: 'authorization_pending' });
  let { stored } = first;
  for (let round = 0; round < DECISION_ROUNDS; round += 1) {
    const decision = decideTokenRequest(stored, client, now);
    if (decision.outcome === 'refuse') return refuse(decision.refusal);
    if (decision.outcome === 'issue') return redeem(ports, call, decision.request);
    if (ignoresSlowDown(decision.request, ports.settings)) return refuse({ reason: 'slow_down_ignored' });
    const early = await ports.requests.recordEarlyPoll({ request: decision.request, now });
    if (early.recorded) return refuse({ reason: 'polled_too_fast', intervalSeconds: early.intervalSeconds });
    stored = early.stored;
  }
  throw new Error('the authentication request kept changing while it was polled');
}

/**
 * Looks again at everybody whom the approval depends on, signs the tokens, then claims the request. Everything that can
 * fail happens before the one write that uses up the approval. A failure while signing leaves the request redeemable. A
 * lost race wastes only a signature. Whatever is taken back after these reads counts as taken back after the
 * redemption.
 */
async function redeem(
  ports: CibaGrantPorts,
  { client: { clientId }, credential, confirmation, form, note }: GrantCall,
  request: ApprovedRequest,
): Promise<Result<IssuedTokens>> {
  const { requestId, sub, issuedAt } = request;
  const [owner, registered] = await Promise.all([findUserWithDevices(ports, sub), ports.clients.findAnew(clientId)]);
  // Whoever has a credential that was taken away gets no tokens, and must not end the client's request either.
  if (registered && !credentialStands(registered, credential, ports.clock()))
    return refuse({ reason: 'credential_taken_back' });
  const { issuer, blocksReported } = ports.settings;
  const use = { grantType: CIBA_GRANT, issuer, blocksReported } as const;
  const judged = judgeGrant(request.grant, { owner, client: registered }, use);
  if (judged.outcome === 'taken_back') {
    await endTakenBack(ports, request, judged.because);
    return refuse({ reason: 'approval_taken_back', because: judged.because });
  }
  const audience = narrowAudience(judged.grant.audience, form.get('resource') ?? []);
  if (!audience.ok) return audience;
  const { client } = judged;
  const grant = { ...judged.grant, audience: audience.value };
  const now = ports.clock();
  const issued = await issueTokens(ports, { client, grant, confirmation, now });
  const claim = await ports.requests.claimApproved({ request, now });
  if (!claim.recorded) return refuse(lostTo(claim.stored, client, now));
  note({ approval_seconds: grant.authTime - issuedAt });
  return ok({ ...issued, sub, requestId, issuedAt: now });
}

/** Why a request could not be claimed: another call redeemed it, or ended it. */
function lostTo(stored: AuthenticationRequest | undefined, client: Client, now: number): Refusal {
  const decision = decideTokenRequest(stored, client, now);
  const hasEnded = decision.outcome === 'refuse' && stored?.state === 'failed';
  return hasEnded ? decision.refusal : { reason: 'lost_redemption_race' };
}

import { type Client, checkGrantAllowed } from '../../core/client/client.ts';
import { type ApprovedRequest, decideTokenRequest } from '../../core/deciding/authentication-request.ts';
import { requestIdOf, txnOf } from '../../core/digest.ts';
import { checkNoRepeats, single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import { mintAccessToken, mintIdToken } from '../../core/token/tokens.ts';
import type { AuthenticationRequests } from '../asking/ports.ts';
import { authenticateClient, type ClientAuthenticationPorts, type ClientCall } from '../client/authenticate-client.ts';
import type { AuditTrail, Entropy, Note } from '../ports.ts';
import type { TokenSigner } from './ports.ts';

/** What this flow needs. */
export type RedeemPorts = ClientAuthenticationPorts & {
  readonly requests: AuthenticationRequests;
  readonly signer: TokenSigner;
  readonly entropy: Entropy;
  readonly audit: AuditTrail;
};

/** The successful answer (OIDC Core §3.1.3.3). `scope` is always told, because some may have been dropped. */
export type TokenResponse = {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly id_token: string;
  readonly scope: string;
};

/** How often a decision is taken anew when the request changed under it. Each time the state has moved on, so few suffice. */
const DECISION_ROUNDS = 3;
/** Longest `auth_req_id` worth hashing. Ours have 43 characters. */
const AUTH_REQ_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** A client polls or redeems (CIBA §10.1, §11). */
export async function redeemAuthReqId(ports: RedeemPorts, call: ClientCall): Promise<Result<TokenResponse>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const repeats = checkNoRepeats(call.form, ['resource']);
  if (!repeats.ok) return repeats;
  const grantType = single(call.form, 'grant_type');
  if (grantType === undefined) return refuse({ reason: 'missing_parameter', name: 'grant_type' });
  if (grantType !== CIBA_GRANT) return refuse({ reason: 'unsupported_grant_type' });
  const client = checkGrantAllowed(authenticated.value);
  if (!client.ok) return client;
  const authReqId = single(call.form, 'auth_req_id');
  if (authReqId === undefined) return refuse({ reason: 'missing_parameter', name: 'auth_req_id' });
  if (!AUTH_REQ_ID.test(authReqId)) return refuse({ reason: 'unknown_auth_req_id' });
  const requestId = requestIdOf(authReqId);
  call.note({ txn: txnOf(requestId) });
  return poll(ports, client.value, requestId, call.note);
}

/** One conditional write for a poll in time, two for one too fast, two for the final one. */
async function poll(ports: RedeemPorts, client: Client, requestId: string, note: Note): Promise<Result<TokenResponse>> {
  const { clientId } = client;
  const first = await ports.requests.recordPoll({ requestId, clientId, now: ports.clock() });
  if (first.recorded) return refuse({ reason: 'authorization_pending' });
  let { stored } = first;
  for (let round = 0; round < DECISION_ROUNDS; round += 1) {
    const now = ports.clock();
    const decision = decideTokenRequest(stored, clientId, now);
    if (decision.outcome === 'refuse') return refuse(decision.refusal);
    if (decision.outcome === 'issue') return issue(ports, client, decision.request, note);
    if (!stored) throw new Error('a request that does not exist cannot be polled too fast');
    const early = await ports.requests.recordEarlyPoll({ request: stored, now });
    if (early.recorded) return refuse({ reason: 'polled_too_fast', intervalSeconds: early.intervalSeconds });
    stored = early.stored;
  }
  throw new Error('the request kept changing while it was polled');
}

/**
 * Mint before claim: everything that can fail happens before the one write that spends the approval. A failure while
 * signing leaves the request redeemable; a lost race costs a signature.
 */
async function issue(
  ports: RedeemPorts,
  client: Client,
  request: ApprovedRequest,
  note: Note,
): Promise<Result<TokenResponse>> {
  const now = ports.clock();
  const { issuer, lifetimes } = ports.settings;
  const accessClaims = mintAccessToken(request, {
    issuer,
    jti: ports.entropy.id(),
    now,
    lifetimeSeconds: lifetimes.accessTokenSeconds,
  });
  const accessToken = await ports.signer.sign(accessClaims, { algorithm: client.accessTokenAlgorithm, type: 'at+jwt' });
  const idClaims = mintIdToken(request, { issuer, accessToken, now, lifetimeSeconds: lifetimes.idTokenSeconds });
  const idToken = await ports.signer.sign(idClaims, { algorithm: client.idTokenAlgorithm, type: 'JWT' });
  const claimed = await ports.requests.claimApproved({ request, now });
  if (!claimed) return refuse({ reason: 'lost_redemption_race' });
  note({ approval_seconds: request.approval.decidedAt - request.issuedAt });
  ports.audit.write(
    { event: 'tokens_issued', requestId: request.requestId, sub: request.sub, clientId: client.clientId },
    now,
  );
  return ok({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifetimes.accessTokenSeconds,
    id_token: idToken,
    scope: request.scopes.join(' '),
  });
}

import type { AuthenticationRequest, RequestFacts } from '../core/authentication-request.ts';
import type { FrozenDetails } from '../core/details.ts';
import { redemptionGrace, SLOW_DOWN_SECONDS } from '../core/lifetime.ts';
import type { UserClaims } from '../core/user.ts';
import type {
  AuthenticationRequests,
  DecidableRequests,
  EarlyPollOutcome,
  Entropy,
  PendingRequest,
  PollOutcome,
  StoredDetails,
} from '../flows/ports.ts';
import type { Item, Table } from './table.ts';

const requestKey = (requestId: string) => ({ pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
const DETAILS_PREFIX = 'REQUEST#';
const detailsKey = (sub: string, requestId: string) => ({ pk: `USER#${sub}`, sk: `${DETAILS_PREFIX}${requestId}` });
/** How long an item outlives its request, so that late polls are still told `expired_token` and replays `invalid_grant`. */
const KEEP_SECONDS = 86_400;

/**
 * Authentication requests in Transactions: one item at most 1 KB that every poll writes, and beside it the frozen
 * details, which only phones read. Every change of state is one conditional write whose guard is complete.
 */
export class RequestsTable implements AuthenticationRequests, DecidableRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async create(request: RequestFacts, details: FrozenDetails): Promise<void> {
    const ttl = request.expiresAt + KEEP_SECONDS;
    const isNew = { condition: 'attribute_not_exists(pk)' };
    const [stored] = await Promise.all([
      this.#transactions.put(
        { ...requestKey(request.requestId), ...itemOf(request), ttl },
        { guard: isNew, nonce: this.#nonce('created_by') },
      ),
      this.#transactions.put({
        ...detailsKey(request.sub, request.requestId),
        details: details.bytes,
        details_hash: details.hash,
        expires_at: request.expiresAt,
        scopes: request.scopes,
        ttl,
      }),
    ]);
    if (!stored.written) throw new Error('a fresh request id was taken');
  }

  async recordFailure(requestId: string): Promise<void> {
    await this.#transactions.update({
      key: requestKey(requestId),
      set: { state: 'failed' },
      guard: { condition: '#state = :pending', values: { pending: 'pending' } },
      nonce: this.#nonce('decided_by'),
    });
  }

  async recordPoll(poll: { requestId: string; clientId: string; now: number }): Promise<PollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(poll.requestId),
      compute: ['#next_poll_at = #interval + :now'],
      guard: {
        condition: '#client_id = :client AND #state = :pending AND #expires_at > :now AND #next_poll_at <= :now',
        values: { client: poll.clientId, pending: 'pending', now: poll.now },
      },
      nonce: this.#nonce('polled_by'),
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }

  async recordEarlyPoll({ request, now }: { request: RequestFacts; now: number }): Promise<EarlyPollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(request.requestId),
      compute: ['#interval = #interval + :step', '#next_poll_at = #interval + :next'],
      guard: {
        condition: '#client_id = :client AND #state = :pending AND #expires_at > :now',
        values: {
          client: request.clientId,
          pending: 'pending',
          now,
          step: SLOW_DOWN_SECONDS,
          next: now + SLOW_DOWN_SECONDS,
        },
      },
      nonce: this.#nonce('polled_by'),
    });
    if (!written || !item) return { recorded: false, stored: item && requestFrom(item) };
    return { recorded: true, intervalSeconds: Number(item['interval']) };
  }

  async claimApproved({ request, now }: { request: RequestFacts; now: number }): Promise<boolean> {
    const { written } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: { state: 'redeemed' },
      guard: {
        // An approved request's interval grows no more, so the grace that was decided on still holds.
        condition: '#client_id = :client AND #state = :approved AND #expires_at > :oldest',
        values: {
          client: request.clientId,
          approved: 'approved',
          oldest: now - redemptionGrace(request.intervalSeconds),
        },
      },
      nonce: this.#nonce('claimed_by'),
    });
    return written;
  }

  async listPending(sub: string, now: number): Promise<readonly PendingRequest[]> {
    const items = await this.#transactions.query(`USER#${sub}`, { skPrefix: DETAILS_PREFIX });
    const live = items.filter((item) => Number(item['expires_at']) > now);
    const ids = live.map((item) => String(item['sk']).slice(DETAILS_PREFIX.length));
    const requests = (await this.#transactions.batchGet(ids.map(requestKey))).map(requestFrom);
    return requests
      .filter((request) => request.state === 'pending' && request.expiresAt > now)
      .sort((a, b) => b.issuedAt - a.issuedAt)
      .map(({ requestId, expiresAt }) => ({ requestId, expiresAt }));
  }

  async findDetails(sub: string, requestId: string): Promise<StoredDetails | undefined> {
    const item = await this.#transactions.get(detailsKey(sub, requestId));
    return (
      item && {
        bytes: item['details'] as Uint8Array,
        hash: String(item['details_hash']),
        expiresAt: Number(item['expires_at']),
        scopes: item['scopes'] as readonly string[],
      }
    );
  }

  async recordDecision({
    requestId,
    sub,
    decision,
    now,
  }: Parameters<DecidableRequests['recordDecision']>[0]): Promise<PollOutcome> {
    const decided =
      decision.decision === 'approve'
        ? {
            state: 'approved',
            device_id: decision.approval.deviceId,
            decided_at: now,
            amr: decision.approval.amr,
            acr: decision.approval.acr,
            claims: decision.approval.claims,
          }
        : { state: 'denied', device_id: decision.deviceId, decided_at: now, deny_reason: decision.reason };
    const { written, item } = await this.#transactions.update({
      key: requestKey(requestId),
      set: decided,
      guard: {
        condition: '#sub = :owner AND #state = :pending AND #expires_at > :now',
        values: { owner: sub, pending: 'pending', now },
      },
      nonce: this.#nonce('decided_by'),
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }

  #nonce(attribute: string) {
    return { attribute, value: this.#entropy.id() };
  }
}

function itemOf(request: RequestFacts): Item {
  return {
    state: 'pending',
    client_id: request.clientId,
    sub: request.sub,
    scopes: request.scopes,
    audience: request.audience,
    issued_at: request.issuedAt,
    expires_at: request.expiresAt,
    interval: request.intervalSeconds,
    next_poll_at: request.nextPollAt,
  };
}

function requestFrom(item: Item): AuthenticationRequest {
  const facts: RequestFacts = {
    requestId: String(item['pk']).slice('REQUEST#'.length),
    clientId: String(item['client_id']),
    sub: String(item['sub']),
    scopes: item['scopes'] as readonly string[],
    audience: item['audience'] as readonly string[],
    issuedAt: Number(item['issued_at']),
    expiresAt: Number(item['expires_at']),
    intervalSeconds: Number(item['interval']),
    nextPollAt: Number(item['next_poll_at']),
  };
  const state = item['state'];
  switch (state) {
    case 'pending':
    case 'failed':
      return { ...facts, state };
    case 'redeemed':
    case 'denied':
      return { ...facts, state, deviceId: String(item['device_id']) };
    case 'approved':
      return {
        ...facts,
        state,
        approval: {
          deviceId: String(item['device_id']),
          decidedAt: Number(item['decided_at']),
          amr: item['amr'] as readonly string[],
          acr: item['acr'] as string | undefined,
          claims: item['claims'] as UserClaims,
        },
      };
    default:
      throw new Error('a stored authentication request has an unknown state');
  }
}

import { SLOW_DOWN_SECONDS } from '../../core/deciding/interval.ts';
import { redemptionGrace } from '../../core/deciding/redemption-grace.ts';
import type { Owner } from '../../core/person/user.ts';
import type { Nothing, Whole } from '../../core/whole.ts';
import type { AuthenticationRequests, NewRequest } from '../../flows/asking/ports.ts';
import type { DecidableRequests, PendingRequest, StoredDetails } from '../../flows/deciding/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { EarlyPollOutcome, PollOutcome, RedeemableRequests } from '../../flows/token/ports.ts';
import { notificationItem } from './forms/notification-form.ts';
import {
  askedFrom,
  askedText,
  DETAILS_PREFIX,
  type DetailsForm,
  decisionForm,
  detailsKey,
  requestFrom,
  requestItem,
  requestKey,
} from './forms/request-form.ts';
import type { Table } from './table.ts';

/**
 * How long an item outlives its request, in seconds. Until then late polls get `expired_token`, and repeated
 * redemptions get `invalid_grant`.
 */
const KEEP_SECONDS = 86_400;

/**
 * How long the details outlive their request, in seconds. Each list of a phone reads all details that are still there,
 * so they go much sooner than the request. Until then a phone that comes too late hears that the request is over, and
 * afterwards that there is no such request.
 */
const KEEP_DETAILS_SECONDS = 3600;

/**
 * Authentication requests in Transactions. One item is written by every poll. A second item holds the frozen details
 * and everything else that only phones read. Every change of state is one conditional write whose guard is complete.
 */
export class RequestsTable implements AuthenticationRequests, DecidableRequests, RedeemableRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async create({ request, asked, details, notification, isSynthetic, ...unstored }: NewRequest): Promise<void> {
    unstored satisfies Nothing;
    const isNew = { condition: 'attribute_not_exists(pk)' };
    const [stored] = await Promise.all([
      this.#transactions.put(requestItem(request, request.expiresAt + KEEP_SECONDS), {
        guard: isNew,
        nonce: this.#nonce('created_by'),
      }),
      this.#transactions.put({
        ...detailsKey(request.sub, request.requestId),
        profile_id: request.profileId,
        details: details.bytes,
        details_hash: details.hash,
        expires_at: request.expiresAt,
        asked: askedText(asked),
        ...(notification && { notified_client: request.clientId }),
        ...(isSynthetic && { synthetic: true }),
        ttl: request.expiresAt + KEEP_DETAILS_SECONDS,
      }),
      notification && this.#transactions.put(notificationItem(request, notification)),
    ]);
    if (!stored.written) throw new Error('a request with the new request id already exists');
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
      compute: ['#next_poll_at = #interval_seconds + :now'],
      guard: {
        condition: '#client_id = :client AND #state = :pending AND #expires_at > :now AND #next_poll_at <= :now',
        values: { client: poll.clientId, pending: 'pending', now: poll.now },
      },
      nonce: this.#nonce('polled_by'),
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }

  async recordEarlyPoll({
    request,
    now,
  }: Parameters<RedeemableRequests['recordEarlyPoll']>[0]): Promise<EarlyPollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(request.requestId),
      compute: ['#interval_seconds = #interval_seconds + :step', '#next_poll_at = #interval_seconds + :next'],
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
    return { recorded: true, intervalSeconds: item.interval_seconds };
  }

  async claimApproved({ request, now }: Parameters<RedeemableRequests['claimApproved']>[0]): Promise<boolean> {
    const { written } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: { state: 'redeemed' },
      // The grant contains the user's claims, which are not needed any more.
      remove: ['grant'],
      guard: {
        // The interval of an approved request does not grow any more, so the grace that the decision used still
        // applies.
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

  async recordTakenBack({ request, because }: Parameters<RedeemableRequests['recordTakenBack']>[0]): Promise<boolean> {
    const { written } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: { state: 'failed', taken_back: because },
      remove: ['grant'],
      guard: {
        condition: '#client_id = :client AND #state = :approved',
        values: { client: request.clientId, approved: 'approved' },
      },
      nonce: this.#nonce('claimed_by'),
    });
    return written;
  }

  async listPending(owner: Owner, now: number): Promise<readonly PendingRequest[]> {
    const { pk } = detailsKey(owner.sub, '');
    const items = await this.#transactions.query<DetailsForm>(pk, { skPrefix: DETAILS_PREFIX });
    const live = items.filter((item) => item.profile_id === owner.profileId && item.expires_at > now);
    const ids = live.map(({ sk }) => sk.slice(DETAILS_PREFIX.length));
    const requests = (await this.#transactions.batchGet(ids.map(requestKey))).map(requestFrom);
    return requests
      .filter((request) => request.state === 'pending' && request.expiresAt > now)
      .sort((a, b) => b.issuedAt - a.issuedAt)
      .map(({ requestId, expiresAt }) => ({ requestId, expiresAt }));
  }

  async findDetails(owner: Owner, requestId: string): Promise<Whole<StoredDetails> | undefined> {
    const item = await this.#transactions.get(detailsKey(owner.sub, requestId));
    return item?.profile_id === owner.profileId
      ? {
          bytes: item.details,
          hash: item.details_hash,
          expiresAt: item.expires_at,
          asked: askedFrom(item),
          notifiedClient: item.notified_client,
          isSynthetic: item.synthetic,
        }
      : undefined;
  }

  async recordDecision({
    requestId,
    owner,
    decision,
    now,
  }: Parameters<DecidableRequests['recordDecision']>[0]): Promise<PollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(requestId),
      set: decisionForm(decision, now),
      guard: {
        condition: '#sub = :sub AND #profile_id = :profile AND #state = :pending AND #expires_at > :now',
        values: { sub: owner.sub, profile: owner.profileId, pending: 'pending', now },
      },
      nonce: this.#nonce('decided_by'),
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }

  #nonce(attribute: string) {
    return { attribute, value: this.#entropy.id() };
  }
}

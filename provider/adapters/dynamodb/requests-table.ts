import type { Owner } from '../../core/person/user.ts';
import type { Nothing } from '../../core/whole.ts';
import type { AuthenticationRequests, NewRequest } from '../../flows/asking/ports.ts';
import type { DecidableRequest, DecidableRequests, PendingRequest, StoredDetails } from '../../flows/deciding/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { PollOutcome } from '../../flows/token/ports.ts';
import { notificationItem } from './forms/notification-form.ts';
import {
  askedText,
  DETAILS_PREFIX,
  type DetailsForm,
  decisionForm,
  detailsFrom,
  detailsKey,
  type RequestForm,
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
 * Authentication requests in Transactions, as they are asked and decided. One item is written by every poll, see
 * `redeemable-requests-table.ts`. A second item holds the frozen details and everything else that only phones read.
 * Every change of state is one conditional write whose guard is complete.
 */
export class RequestsTable implements AuthenticationRequests, DecidableRequests {
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
        registration_id: request.registrationId,
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

  async findDetails(owner: Owner, requestId: string): Promise<StoredDetails | undefined> {
    const item = await this.#transactions.get(detailsKey(owner.sub, requestId));
    return item?.profile_id === owner.profileId ? detailsFrom(item) : undefined;
  }

  async findForDecision(owner: Owner, requestId: string): Promise<DecidableRequest | undefined> {
    const keys = [detailsKey(owner.sub, requestId), requestKey(requestId)];
    const items = await this.#transactions.batchGet<DetailsForm | RequestForm>(keys);
    const details = items.find((item) => 'details' in item);
    const request = items.find((item) => 'state' in item);
    if (details?.profile_id !== owner.profileId) return undefined;
    return { ...detailsFrom(details), stored: request && requestFrom(request) };
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

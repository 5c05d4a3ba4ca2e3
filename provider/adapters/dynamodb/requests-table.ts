import type { Nothing } from '../../core/whole.ts';
import type { AuthenticationRequests, NewRequest } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { notificationItem } from './forms/notification-form.ts';
import { askedText, detailsEndForm, detailsKey, requestItem, requestKey } from './forms/request-form.ts';
import { sealSilentlyAsked, silentKey } from './forms/silent-form.ts';
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
 * Authentication requests in Transactions, as they are asked. `decidable-requests-table.ts` decides them, and
 * `redeemable-requests-table.ts` redeems them. One item is written by every poll. A second item holds the frozen details and everything else that only phones read.
 * Every change of state is one conditional write whose guard is complete.
 */
export class RequestsTable implements AuthenticationRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async create({
    request,
    asked,
    details,
    notification,
    number,
    isAfterDenial,
    isOnlyOne,
    questionId,
    isSynthetic,
    devicesRung,
    ...unstored
  }: NewRequest): Promise<void> {
    unstored satisfies Nothing;
    await Promise.all([
      this.#put({ request, notification, number }),
      this.#transactions.put({
        ...detailsKey(request.sub, request.requestId),
        profile_id: request.profileId,
        registration_id: request.registrationId,
        details: details.bytes,
        details_hash: details.hash,
        ...detailsEndForm(request),
        asked: askedText(asked),
        ...(notification && { notified_client: request.clientId }),
        ...(isAfterDenial && { after_denial: true }),
        ...(isOnlyOne && { only_one: true }),
        ...(questionId !== undefined && { question_id: questionId }),
        ...(isSynthetic && { synthetic: true }),
        ...(devicesRung !== undefined && { devices_rung: devicesRung }),
        ttl: request.expiresAt + KEEP_DETAILS_SECONDS,
      }),
    ]);
  }

  async createSilent(silent: Parameters<AuthenticationRequests['createSilent']>[0]): Promise<void> {
    await this.#put(silent);
  }

  async #put({
    request,
    notification,
    number,
    sealed,
  }: Pick<NewRequest, 'number'> & Parameters<AuthenticationRequests['createSilent']>[0]): Promise<void> {
    const guard = { condition: 'attribute_not_exists(pk)' };
    const [stored] = await Promise.all([
      this.#transactions.put(requestItem(request, { ttl: request.expiresAt + KEEP_SECONDS, number }), {
        guard,
        nonce: this.#nonce('created_by'),
      }),
      // A first try that arrives late must not undo what the function that notifies has written since.
      notification && this.#transactions.put(notificationItem(request, notification), { guard }),
      sealed &&
        this.#transactions.put({
          ...silentKey(request.sub, request.requestId),
          sealed: sealSilentlyAsked(sealed.asked, sealed.authReqId),
          ttl: request.expiresAt + KEEP_DETAILS_SECONDS,
        }),
    ]);
    if (!stored.written) throw new Error('a request with the new request id already exists');
  }

  async recordUnreached(requestId: string): Promise<void> {
    await this.#transactions.update({
      key: requestKey(requestId),
      set: { state: 'failed' },
      // A phone that asks by itself may have approved already.
      remove: ['grant', 'number'],
      guard: { condition: '#state = :pending', values: { pending: 'pending' } },
      nonce: this.#nonce('decided_by'),
    });
  }

  #nonce(attribute: string) {
    return { attribute, value: this.#entropy.id() };
  }
}

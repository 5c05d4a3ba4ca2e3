import { LONGEST_GRACE_SECONDS } from '../../core/deciding/redemption-grace.ts';
import type { Owner } from '../../core/person/user.ts';
import type { OpenedRequest, WithdrawableRequests, WithdrawalOutcome } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { type DetailsForm, detailsFrom, detailsKey, requestFrom, requestKey } from './forms/request-form.ts';
import { openSilentlyAsked, type SilentForm } from './forms/silent-form.ts';
import type { Table } from './table.ts';

/** Authentication requests in Transactions, as their clients withdraw them. */
export class WithdrawableRequestsTable implements WithdrawableRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  /**
   * The guard does not end with the request: a decision that was under way at its end may still be committed, and an
   * approval can be redeemed for a while. After the longest grace nothing is left to withdraw.
   */
  async recordWithdrawal({
    requestId,
    clientId,
    registrationId,
    now,
  }: Parameters<WithdrawableRequests['recordWithdrawal']>[0]): Promise<WithdrawalOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(requestId),
      set: { state: 'failed', failed_because: 'withdrawn' },
      // The grant contains the user's claims, which are not needed any more.
      remove: ['grant', 'number'],
      guard: {
        condition:
          '#client_id = :client AND #registration_id = :registration AND #expires_at > :oldest AND (#state = :approved OR (#state = :pending AND (attribute_not_exists(#denied_from) OR #denied_from > :now)))',
        values: {
          client: clientId,
          registration: registrationId,
          oldest: now - LONGEST_GRACE_SECONDS,
          approved: 'approved',
          pending: 'pending',
          now,
        },
      },
      nonce: { attribute: 'withdrawn_by', value: this.#entropy.id() },
    });
    const request = item && requestFrom(item);
    return written && request
      ? { recorded: true, request, wasApproved: item.device_id !== undefined }
      : { recorded: false, stored: request };
  }

  async findOpened(
    { sub, profileId }: Owner,
    { requestId, authReqId }: { requestId: string; authReqId: string },
  ): Promise<OpenedRequest> {
    const item = await this.#transactions.get<DetailsForm | SilentForm>(detailsKey(sub, requestId));
    if (!item) return {};
    if ('sealed' in item) return { silently: openSilentlyAsked(item.sealed, authReqId) };
    return item.profile_id === profileId ? { details: detailsFrom(item) } : {};
  }
}

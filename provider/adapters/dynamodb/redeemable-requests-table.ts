import { SLOW_DOWN_SECONDS } from '../../core/deciding/interval.ts';
import { redemptionGrace } from '../../core/deciding/redemption-grace.ts';
import type { PushedRequests } from '../../flows/notifying/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { EarlyPollOutcome, PollOutcome, RedeemableRequests } from '../../flows/token/ports.ts';
import { requestFrom, requestKey, SEALED_ATTRIBUTES, sealedForm } from './forms/request-form.ts';
import type { Table } from './table.ts';

type Claim = Parameters<RedeemableRequests['claimApproved']>[0] &
  Partial<Parameters<PushedRequests['claimApproved']>[0]>;

/**
 * Authentication requests in Transactions, as clients poll and redeem them. Every change of state is one conditional
 * write whose guard is complete.
 */
export class RedeemableRequestsTable implements RedeemableRequests, PushedRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async recordPoll(poll: Parameters<RedeemableRequests['recordPoll']>[0]): Promise<PollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(poll.requestId),
      compute: ['#next_poll_at = #interval_seconds + :now'],
      guard: {
        condition:
          '#client_id = :client AND #registration_id = :registration AND #state = :pending AND #expires_at > :now AND #next_poll_at <= :now AND (attribute_not_exists(#denied_from) OR #denied_from > :now)',
        values: { client: poll.clientId, registration: poll.registrationId, pending: 'pending', now: poll.now },
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

  /** With sealed tokens it is the claim of a push. The guard is the same, so of the two only one succeeds. */
  async claimApproved({ request, now, sealed }: Claim): Promise<PollOutcome> {
    const { written, item } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: { state: 'redeemed', ...(sealed && sealedForm(sealed)) },
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
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
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

  async dropSealed(requestId: string): Promise<void> {
    await this.#transactions.update({
      key: requestKey(requestId),
      remove: SEALED_ATTRIBUTES,
      guard: { condition: 'attribute_exists(#sealed_tokens)' },
    });
  }

  #nonce(attribute: string) {
    return { attribute, value: this.#entropy.id() };
  }
}

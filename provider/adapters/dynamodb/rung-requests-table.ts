import type { Asked } from '../../core/asking/asked.ts';
import type { AttemptKind, DeliveryAttempt } from '../../core/asking/delivery-attempt.ts';
import { MOST_REMINDERS, REMINDER_LEASE_SECONDS } from '../../core/asking/reminder.ts';
import { resendLimitsOf } from '../../core/asking/resend.ts';
import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { Owner } from '../../core/person/user.ts';
import type { AttemptRecorded, RecordedAttempt, RungRequests } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { detailsFrom, detailsKey, type RequestForm, requestFrom, requestKey } from './forms/request-form.ts';
import type { Change } from './items.ts';
import type { Table } from './table.ts';

/** The rest of a guard, and what else the write counts. */
type Counting = {
  readonly kind: AttemptKind;
  readonly condition: string;
  readonly values: Readonly<Record<string, number>>;
  readonly set: { readonly next_resend_at: number } | { readonly next_reminder_at: number };
  readonly add: { readonly resends: 1 } | { readonly reminders: 1 };
};

/**
 * Authentication requests in Transactions, as their phones are rung again. A pending request with a grant is approved, and
 * waits for a number. Each attempt is counted and listed by the conditional write that decides whether it is made.
 */
export class RungRequestsTable implements RungRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async find(requestId: string): Promise<AuthenticationRequest | undefined> {
    const item = await this.#transactions.get(requestKey(requestId));
    return item && requestFrom(item);
  }

  async findAsked({ sub, profileId }: Owner, requestId: string): Promise<Asked | undefined> {
    const item = await this.#transactions.get(detailsKey(sub, requestId));
    return item?.profile_id === profileId ? detailsFrom(item).asked : undefined;
  }

  recordResend({
    request,
    now,
    limits = resendLimitsOf({}),
  }: Parameters<RungRequests['recordResend']>[0]): Promise<AttemptRecorded> {
    const { most, pauseSeconds } = limits;
    return this.#record(request, now, {
      kind: 'resend',
      // Nothing about an approval that waits for a number: a resend before it and one after it are recorded alike.
      condition: `(attribute_not_exists(#resends) OR #resends < :most) AND ((attribute_not_exists(#next_resend_at) AND #issued_at <= :first) OR #next_resend_at <= :now)`,
      values: { most, first: now - pauseSeconds },
      set: { next_resend_at: now + pauseSeconds },
      add: { resends: 1 },
    });
  }

  recordReminder({ request, now }: Parameters<RungRequests['recordReminder']>[0]): Promise<AttemptRecorded> {
    return this.#record(request, now, {
      kind: 'reminder',
      condition: `attribute_not_exists(#grant) AND (attribute_not_exists(#reminders) OR #reminders < :most) AND (attribute_not_exists(#next_reminder_at) OR #next_reminder_at <= :now)`,
      values: { most: MOST_REMINDERS },
      set: { next_reminder_at: now + REMINDER_LEASE_SECONDS },
      add: { reminders: 1 },
    });
  }

  async recordResult({ result, ...recorded }: Parameters<RungRequests['recordResult']>[0]): Promise<void> {
    const isReminded = recorded.attempt.kind === 'reminder' && result.accepted > 0;
    await this.#change(recorded, (attempt) => ({
      compute: [
        ...Object.keys(result).map((name) => `#${attempt}.#${name} = :${name}`),
        // No further try: a reminder comes once.
        ...(isReminded ? ['#next_reminder_at = #expires_at'] : []),
      ],
      values: result,
    }));
  }

  async takeBackResend({ nextResendAt, ...recorded }: Parameters<RungRequests['takeBackResend']>[0]): Promise<void> {
    const nonce = { attribute: 'taken_back_by', value: this.#entropy.id() };
    await this.#change(recorded, (attempt) => ({
      compute: ['#next_resend_at = :before', '#resends = #resends - :one'],
      remove: [attempt],
      values: { before: nextResendAt, one: 1 },
      nonce,
    }));
  }

  /**
   * Changes an attempt at its place. If one before it was taken back meanwhile, it has moved forward, and is changed where
   * it stands now. Of a request that was erased, or an attempt that is gone, nothing is written.
   */
  async #change({ requestId, attempt, place }: RecordedAttempt, to: (attempt: Entry) => AttemptChange): Promise<void> {
    const { kind, at } = attempt;
    for (let from = Number.POSITIVE_INFINITY, here = place; here >= 0 && here < from; ) {
      const entry: Entry = `attempts[${here}]`;
      const { values, ...change } = to(entry);
      const condition = `#${entry}.#kind = :kind AND #${entry}.#at = :at`;
      const guard = { condition, values: { ...values, kind, at } };
      const { written, item } = await this.#transactions.update({ key: requestKey(requestId), ...change, guard });
      if (written) return;
      from = here;
      here = placeOf(attempt, item?.attempts);
    }
  }

  async #record(
    { requestId, clientId, registrationId }: RequestFacts,
    now: number,
    { kind, condition, values, set, add }: Counting,
  ): Promise<AttemptRecorded> {
    const attempt: DeliveryAttempt = { kind, at: now };
    const { written, item } = await this.#transactions.update({
      key: requestKey(requestId),
      set,
      compute: ['#attempts = list_append(if_not_exists(#attempts, :none), :attempt)'],
      add,
      guard: {
        condition: `#client_id = :client AND #registration_id = :registration AND #state = :pending AND #expires_at > :now AND ${condition}`,
        values: {
          client: clientId,
          registration: registrationId,
          pending: 'pending',
          now,
          none: [],
          attempt: [attempt],
          ...values,
        },
      },
      nonce: { attribute: 'rung_by', value: this.#entropy.id() },
    });
    if (!written || !item) return { recorded: false, stored: item && requestFrom(item) };
    const request = requestFrom(item);
    if (request.state !== 'pending' && request.state !== 'awaiting_number')
      throw new Error('an attempt was recorded for a request that is over');
    return { recorded: true, request, place: placeOf(attempt, request.attempts) };
  }
}

/** The entry of an attempt in the list of a request. */
type Entry = `attempts[${number}]`;
/** What is changed of a request when one of its attempts is. */
type AttemptChange = Pick<Change<RequestForm>, 'compute' | 'remove' | 'nonce'> & {
  readonly values: Readonly<Record<string, unknown>>;
};

/** Returns where an attempt stands. -1 if it is not there. */
function placeOf({ kind, at }: DeliveryAttempt, attempts: readonly DeliveryAttempt[] = []): number {
  return attempts.findLastIndex((one) => one.kind === kind && one.at === at);
}

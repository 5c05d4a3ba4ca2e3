import type { Asked } from '../../core/asking/asked.ts';
import type { AttemptKind, DeliveryAttempt } from '../../core/asking/delivery-attempt.ts';
import { MOST_REMINDERS, REMINDER_LEASE_SECONDS } from '../../core/asking/reminder.ts';
import { MOST_RESENDS, RESEND_PAUSE_SECONDS } from '../../core/asking/resend.ts';
import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { Owner } from '../../core/person/user.ts';
import type { AttemptRecorded, RecordedAttempt, RungRequests } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { detailsFrom, detailsKey, requestFrom, requestKey } from './forms/request-form.ts';
import type { Table } from './table.ts';

/** No device has approved a request that is stored as pending. */
const UNANSWERED = 'attribute_not_exists(#grant)';

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

  recordResend({ request, now }: Parameters<RungRequests['recordResend']>[0]): Promise<AttemptRecorded> {
    return this.#record(request, now, {
      kind: 'resend',
      // Phones ring only if no approval waits for a number, so the guard checks that this is still as it was read.
      condition: `${request.state === 'awaiting_number' ? 'attribute_exists(#grant)' : UNANSWERED} AND (attribute_not_exists(#resends) OR #resends < :most) AND ((attribute_not_exists(#next_resend_at) AND #issued_at <= :first) OR #next_resend_at <= :now)`,
      values: { most: MOST_RESENDS, first: now - RESEND_PAUSE_SECONDS },
      set: { next_resend_at: now + RESEND_PAUSE_SECONDS },
      add: { resends: 1 },
    });
  }

  recordReminder({ request, now }: Parameters<RungRequests['recordReminder']>[0]): Promise<AttemptRecorded> {
    return this.#record(request, now, {
      kind: 'reminder',
      condition: `${UNANSWERED} AND (attribute_not_exists(#reminders) OR #reminders < :most) AND (attribute_not_exists(#next_reminder_at) OR #next_reminder_at <= :now)`,
      values: { most: MOST_REMINDERS },
      set: { next_reminder_at: now + REMINDER_LEASE_SECONDS },
      add: { reminders: 1 },
    });
  }

  async recordResult({ requestId, result, ...recorded }: Parameters<RungRequests['recordResult']>[0]): Promise<void> {
    const place = `#attempts[${recorded.place}]`;
    const names = Object.keys(result);
    const isReminded = recorded.attempt.kind === 'reminder' && result.accepted > 0;
    await this.#transactions.update({
      key: requestKey(requestId),
      compute: [
        ...names.map((name) => `${place}.#${name} = :${name}`),
        // No further try: a reminder comes once.
        ...(isReminded ? ['#next_reminder_at = #expires_at'] : []),
      ],
      guard: isStillThere(recorded, result),
    });
  }

  async takeBackResend({
    requestId,
    nextResendAt,
    ...recorded
  }: Parameters<RungRequests['takeBackResend']>[0]): Promise<void> {
    await this.#transactions.update({
      key: requestKey(requestId),
      compute: ['#next_resend_at = :before', '#resends = #resends - :one'],
      remove: [`attempts[${recorded.place}]`],
      guard: isStillThere(recorded, { before: nextResendAt, one: 1 }),
    });
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
    const place = (request.attempts ?? []).findLastIndex((one) => one.kind === kind && one.at === now);
    return { recorded: true, request, place };
  }
}

/** The attempt is at this place. If the request was erased, nothing is written. */
function isStillThere(
  { attempt, place }: Omit<RecordedAttempt, 'requestId'>,
  values: Readonly<Record<string, unknown>>,
) {
  const condition = `#attempts[${place}].#kind = :kind AND #attempts[${place}].#at = :at`;
  return { condition, values: { ...values, kind: attempt.kind, at: attempt.at } };
}

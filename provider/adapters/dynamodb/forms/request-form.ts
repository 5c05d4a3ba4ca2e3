import type { Asked } from '../../../core/asking/asked.ts';
import type {
  AuthenticationRequest,
  Decision,
  FailureCause,
  RequestFacts,
} from '../../../core/deciding/authentication-request.ts';
import type { NumberMatching } from '../../../core/deciding/number-matching.ts';
import type { SealedTokens } from '../../../core/notifying/sealed-tokens.ts';
import type { SnakeCase } from '../../../core/snake-case.ts';
import type { Grant } from '../../../core/token/grant.ts';
import type { TakenBack } from '../../../core/token/refusals.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { StoredDetails } from '../../../flows/deciding/ports.ts';
import type { Guard, Key, Stored } from '../items.ts';

// The stored form of an authentication request in Transactions: two items. Polls write the first one. It holds what
// guards compare, and stays under 1 KB while a client polls. The second item holds everything else.

/** The facts that every request has in any state, each under its own name. The request id is in the key. */
export type FactsForm<Facts extends RequestFacts = RequestFacts> = {
  readonly [Fact in Exclude<keyof Facts, 'requestId'> as SnakeCase<Fact & string>]: Facts[Fact];
};
/** An authentication request. */
export type RequestForm = FactsForm & {
  readonly state: Exclude<AuthenticationRequest['state'], 'awaiting_number'>;
  /** How often the client had the phones rung again, and from when on it may have. `attempts` tells each time. */
  readonly resends?: number;
  readonly next_resend_at?: number;
  /** How often a reminder was tried, and from when on it may be. */
  readonly reminders?: number;
  readonly next_reminder_at?: number;
  readonly device_id?: string;
  readonly decided_at?: number;
  readonly deny_reason?: string;
  /**
   * The `Grant` as JSON, from the approval until the redemption, without the members that the request has itself. An
   * additional member does not change the stored format.
   */
  readonly grant?: string;
  /**
   * The number that has to be entered. A pending request with a grant is approved, and waits for it: a version that does
   * not know this takes it for one that nobody answered.
   */
  readonly number?: string;
  /** Why the request failed, if not because no phone rang. An earlier version does not read it. */
  readonly failed_because?: FailureCause;
  /** Why the approval of a failed request was taken back. */
  readonly taken_back?: TakenBack;
  /** The sealed tokens of a client in push mode: a redeemed request has them until they are delivered or dead. */
  readonly sealed_tokens?: Uint8Array;
  /** The delivery key that seals them. */
  readonly sealed_by?: string;
  /** Until when they are worth a delivery. */
  readonly deliver_until?: number;
  readonly ttl: number;
};
/** The frozen details, and everything else that only phones read. */
export type DetailsForm = {
  /** The registration of the client that asked. Its id is in `asked`. */
  readonly registration_id: string;
  /** The profile of the user who was asked. The subject is in the key. */
  readonly profile_id: string;
  readonly details: Uint8Array;
  readonly details_hash: string;
  /** 0 if a number has to be entered: a version that does not know of it takes the request for over. */
  readonly expires_at: number;
  /** Who has to enter a number, and when such a request expires. */
  readonly number_matching?: NumberMatching;
  readonly number_until?: number;
  /** `Asked` as JSON. An additional member does not change the stored format. */
  readonly asked: string;
  readonly notified_client?: string;
  readonly after_denial?: true;
  readonly only_one?: true;
  readonly question_id?: string;
  readonly synthetic?: true;
  /** To how many devices the first push went. */
  readonly devices_rung?: number;
  readonly ttl: number;
};

// The members that every stored JSON document has. A document that was stored before a member was introduced is read
// without it, so every later member is optional. A later member that is not optional does not compile.
type StoredAsked = Pick<Asked, 'clientId' | 'scopes' | 'audience' | 'acrValues'>;
export type StoredGrant = Omit<StoredAsked, keyof RequestFacts | 'acrValues'> &
  Pick<Grant, 'blockCount' | 'deviceId' | 'authTime' | 'amr' | 'acr' | 'claims'>;

/** The prefix of the sort keys of details. */
export const DETAILS_PREFIX = 'REQUEST#';
/** Returns the request id from the sort key of details. */
export const requestIdFrom = (sk: string): string => sk.slice(DETAILS_PREFIX.length);

export const requestKey = (requestId: string): Key<RequestForm> => ({ pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
export const detailsKey = (sub: string, requestId: string): Key<DetailsForm> => ({
  pk: `USER#${sub}`,
  sk: `${DETAILS_PREFIX}${requestId}`,
});

/** Makes the item of a new, pending request. A fact that is not stored does not compile. */
export function requestItem(
  request: RequestFacts,
  { ttl, number }: { ttl: number; number?: string | undefined },
): Key<RequestForm> & RequestForm {
  const facts: FactsForm = {
    client_id: request.clientId,
    registration_id: request.registrationId,
    sub: request.sub,
    profile_id: request.profileId,
    issued_at: request.issuedAt,
    expires_at: request.expiresAt,
    interval_seconds: request.intervalSeconds,
    next_poll_at: request.nextPollAt,
    denied_from: request.deniedFrom,
    is_concealed: request.isConcealed,
    number_matching: request.numberMatching,
    wrong_numbers: request.wrongNumbers,
    attempts: request.attempts,
  };
  return { ...requestKey(request.requestId), ...facts, state: 'pending', ...(number !== undefined && { number }), ttl };
}

export function requestFrom(item: Stored<RequestForm>): Whole<AuthenticationRequest> {
  const { state, device_id: deviceId = '', taken_back: because } = item;
  const facts = factsFrom(item);
  switch (state) {
    case 'pending':
      return item.grant === undefined
        ? { ...facts, state, number: item.number }
        : { ...facts, state: 'awaiting_number', grant: grantFrom(item), number: item.number ?? '' };
    case 'failed':
      return { ...facts, state, because: item.failed_because, takenBack: because && { because, deviceId } };
    case 'redeemed':
      return { ...facts, state, deviceId, sealed: sealedFrom(item) };
    case 'denied':
      return { ...facts, state, deviceId, reason: item.deny_reason };
    case 'approved':
      return { ...facts, state, grant: grantFrom(item) };
    default:
      throw new Error(`a stored authentication request has an unknown state: ${state satisfies never}`);
  }
}

/** The attributes that hold sealed tokens. */
export const SEALED_ATTRIBUTES = ['sealed_tokens', 'sealed_by', 'deliver_until'] as const;

export function sealedForm({ kid, bytes, until, ...unstored }: SealedTokens): Partial<RequestForm> {
  unstored satisfies Nothing;
  return { sealed_tokens: bytes, sealed_by: kid, deliver_until: until };
}

function sealedFrom(item: Stored<RequestForm>): Whole<SealedTokens> | undefined {
  const { sealed_tokens: bytes, sealed_by: kid = '', deliver_until: until = 0 } = item;
  return bytes && { kid, bytes, until };
}

/** Returns the attributes that a decision writes. */
export function decisionForm(decision: Decision, now: number): Partial<RequestForm> {
  if (decision.decision === 'deny') {
    const { decision: _, deviceId: device_id, reason, ...unstored } = decision;
    unstored satisfies Nothing;
    return { state: 'denied', device_id, decided_at: now, ...(reason !== undefined && { deny_reason: reason }) };
  }
  const { decision: _, grant, number, ...unstored } = decision;
  unstored satisfies Nothing;
  const { clientId, registrationId, sub, profileId, ...more } = grant;
  const approved = { device_id: grant.deviceId, decided_at: now, grant: JSON.stringify(more) };
  return number === undefined ? { state: 'approved', ...approved } : { ...approved, number };
}

export const askedText = (asked: Asked): string => JSON.stringify(asked);

/** Reads the details of a request. A stored detail that is not read does not compile. */
export function detailsFrom(item: Stored<DetailsForm>): Whole<StoredDetails> {
  const asked: StoredAsked = JSON.parse(item.asked);
  return {
    bytes: item.details,
    hash: item.details_hash,
    expiresAt: detailsEnd(item),
    registrationId: item.registration_id,
    asked,
    numberMatching: item.number_matching,
    notifiedClient: item.notified_client,
    isAfterDenial: item.after_denial,
    isOnlyOne: item.only_one,
    questionId: item.question_id,
    isSynthetic: item.synthetic,
    devicesRung: item.devices_rung,
  };
}

/** Returns the condition that no number was entered since the request was read. */
export function noneTriedSince({ wrongNumbers }: Pick<RequestFacts, 'wrongNumbers'>): Guard {
  return wrongNumbers === undefined
    ? { condition: 'attribute_not_exists(#wrong_numbers)' }
    : { condition: '#wrong_numbers = :wrong_numbers_read', values: { wrong_numbers_read: wrongNumbers } };
}

/** Returns when the request of these details expires. */
export const detailsEnd = ({ expires_at, number_until = expires_at }: DetailsForm): number => number_until;

/** Returns the attributes of details that say when the request expires, and whether a number has to be entered. */
export function detailsEndForm({
  expiresAt,
  numberMatching,
}: RequestFacts): Pick<DetailsForm, 'expires_at' | 'number_matching' | 'number_until'> {
  return numberMatching
    ? { expires_at: 0, number_matching: numberMatching, number_until: expiresAt }
    : { expires_at: expiresAt };
}

function factsFrom(item: Stored<RequestForm>): Whole<RequestFacts> {
  return {
    requestId: item.pk.slice('REQUEST#'.length),
    clientId: item.client_id,
    registrationId: item.registration_id,
    sub: item.sub,
    profileId: item.profile_id,
    issuedAt: item.issued_at,
    expiresAt: item.expires_at,
    intervalSeconds: item.interval_seconds,
    nextPollAt: item.next_poll_at,
    deniedFrom: item.denied_from,
    isConcealed: item.is_concealed,
    numberMatching: item.number_matching,
    wrongNumbers: item.wrong_numbers,
    attempts: item.attempts,
  };
}

function grantFrom(item: Stored<RequestForm>): Grant {
  const { grant, client_id: clientId, registration_id: registrationId, sub, profile_id: profileId } = item;
  if (grant === undefined) throw new Error('an approved authentication request is stored without its grant');
  const stored: StoredGrant = JSON.parse(grant);
  return { ...stored, clientId, registrationId, sub, profileId };
}

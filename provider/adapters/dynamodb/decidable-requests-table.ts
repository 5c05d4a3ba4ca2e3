import { timesRung } from '../../core/asking/delivery-attempt.ts';
import { isDecidable } from '../../core/deciding/authentication-request.ts';
import type { Owner } from '../../core/person/user.ts';
import type {
  DecidableRequest,
  DecidableRequests,
  PendingRequest,
  ReadForDecision,
} from '../../flows/deciding/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { PollOutcome } from '../../flows/token/ports.ts';
import { type DeviceForm, deviceFrom, deviceKey, isDevice } from './forms/device-form.ts';
import { type EvidenceKeyForm, evidenceKeyFrom, evidenceKeyKey, isEvidenceKey } from './forms/evidence-key-form.ts';
import {
  DETAILS_PREFIX,
  type DetailsForm,
  decisionForm,
  detailsEnd,
  detailsFrom,
  detailsKey,
  noneTriedSince,
  type RequestForm,
  requestFrom,
  requestKey,
} from './forms/request-form.ts';
import { isProfile, profileKey, type UserForm, userFrom } from './forms/user-form.ts';
import type { Stored } from './items.ts';
import type { Table } from './table.ts';

/** Authentication requests in Transactions, as phones read and decide them. */
export class DecidableRequestsTable implements DecidableRequests {
  readonly #directory: Table;
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor({ directory, transactions }: { directory: Table; transactions: Table }, entropy: Entropy) {
    this.#directory = directory;
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async listPending(owner: Owner, now: number): Promise<readonly PendingRequest[]> {
    const { pk } = detailsKey(owner.sub, '');
    const items = await this.#transactions.query<DetailsForm>(pk, { skPrefix: DETAILS_PREFIX });
    const live = items.filter((item) => item.profile_id === owner.profileId && detailsEnd(item) > now);
    const ids = live.map(({ sk }) => sk.slice(DETAILS_PREFIX.length));
    const requests = (await this.#transactions.batchGet(ids.map(requestKey))).map(requestFrom);
    return requests
      .filter((request) => isDecidable(request, 'deny') && request.expiresAt > now)
      .sort((a, b) => b.issuedAt - a.issuedAt)
      .map(({ requestId, issuedAt, expiresAt, clientId, registrationId, numberMatching, state, attempts }) => ({
        requestId,
        issuedAt,
        expiresAt,
        clientId,
        registrationId,
        numberMatching,
        isAwaitingNumber: state === 'awaiting_number' || undefined,
        timesRung: timesRung({ attempts }),
      }));
  }

  async findDetails(owner: Owner, requestId: string): Promise<DecidableRequest | undefined> {
    const keys = [detailsKey(owner.sub, requestId), requestKey(requestId)];
    const items = await this.#transactions.batchGet<DetailsForm | RequestForm>(keys);
    const details = detailsAmong(items);
    return details?.profile_id === owner.profileId ? decidable(details, items) : undefined;
  }

  async readForDecision({
    sub,
    deviceId,
    requestId,
  }: Parameters<DecidableRequests['readForDecision']>[0]): Promise<ReadForDecision> {
    const keys = [detailsKey(sub, requestId), requestKey(requestId)];
    const [asked, person] = await this.#transactions.batchGetWith<
      DetailsForm | RequestForm,
      UserForm | DeviceForm | EvidenceKeyForm
    >(keys, {
      table: this.#directory,
      keys: [profileKey(sub), deviceKey({ sub, deviceId }), evidenceKeyKey(sub)],
    });
    const profile = person.find(isProfile);
    const device = person.find(isDevice);
    const evidenceKey = person.find(isEvidenceKey);
    const details = detailsAmong(asked);
    return {
      user: profile && userFrom(profile),
      device: device && deviceFrom(device),
      request: details && decidable(details, asked),
      requestProfileId: details?.profile_id,
      evidenceKey: evidenceKey && evidenceKeyFrom(evidenceKey),
    };
  }

  async recordDecision({
    requestId,
    owner,
    decision,
    wrongNumbers,
    now,
  }: Parameters<DecidableRequests['recordDecision']>[0]): Promise<PollOutcome> {
    const isDenial = decision.decision === 'deny';
    const set = decisionForm(decision, now);
    // An approval is the first one, and no number was tried since its own was compared. A denial is one at any time.
    const unchanged = noneTriedSince({ wrongNumbers });
    const { written, item } = await this.#transactions.update({
      key: requestKey(requestId),
      set,
      // A denial ends an approval that waits. Whatever was decided, nobody needs the number that the phone had to enter.
      remove: [...(isDenial ? (['grant'] as const) : []), ...(set.number === undefined ? (['number'] as const) : [])],
      guard: {
        condition: `#sub = :sub AND #profile_id = :profile AND #state = :pending AND #expires_at > :now${isDenial ? '' : ` AND attribute_not_exists(#grant) AND ${unchanged.condition}`}`,
        values: {
          sub: owner.sub,
          profile: owner.profileId,
          pending: 'pending',
          now,
          ...(!isDenial && unchanged.values),
        },
      },
      nonce: { attribute: 'decided_by', value: this.#entropy.id() },
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }
}

type RequestItems = readonly Stored<DetailsForm | RequestForm>[];

/** Returns the details among the items of one request. */
function detailsAmong(items: RequestItems): Stored<DetailsForm> | undefined {
  return items.find((item) => 'details' in item);
}

function decidable(details: Stored<DetailsForm>, items: RequestItems): DecidableRequest {
  const request = items.find((item) => 'state' in item);
  return { ...detailsFrom(details), stored: request && requestFrom(request) };
}

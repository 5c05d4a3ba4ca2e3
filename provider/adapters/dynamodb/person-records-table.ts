import type { KeptRecords, KeptRequest } from '../../core/person/kept-records.ts';
import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import { hasIdentifier, type Owner, type User } from '../../core/person/user.ts';
import type { PersonRecords, ProfilesOf } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { type BlockForm, isBlock } from './forms/block-form.ts';
import { type DeviceForm, isDevice } from './forms/device-form.ts';
import { type EvidenceKeyForm, evidenceKeyPartition } from './forms/evidence-key-form.ts';
import {
  keptBlock,
  keptDevice,
  keptEntry,
  keptEvidenceKey,
  keptIdentifier,
  keptLongRequests,
  keptProfile,
  keptRateWindow,
  keptRequest,
  keptUserCode,
  keptUserCodeAttempts,
} from './forms/kept-form.ts';
import {
  isLongWindow,
  isUserCodeAttempts,
  isWindow,
  type RateWindowForm,
  userWindows,
} from './forms/rate-window-form.ts';
import {
  DETAILS_PREFIX,
  type DetailsForm,
  detailsKey,
  type RequestForm,
  requestIdFrom,
  requestKey,
} from './forms/request-form.ts';
import { ticketKey } from './forms/ticket-form.ts';
import { isUserCode, type UserCodeForm } from './forms/user-code-form.ts';
import {
  entriesOf,
  isProfile,
  type ListedUserForm,
  listedUserKey,
  loginKey,
  profileKey,
  USER_LIST,
  type UserForm,
  userFrom,
  userPartition,
} from './forms/user-form.ts';
import type { Guard, Stored } from './items.ts';
import type { Table } from './table.ts';

/** What both tables hold of one person. */
export class PersonRecordsTable implements PersonRecords {
  readonly #directory: Table;
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor({ directory, transactions }: { directory: Table; transactions: Table }, entropy: Entropy) {
    this.#directory = directory;
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async read(sub: string): Promise<KeptRecords | undefined> {
    const [person, requests, windows, keys, entries] = await Promise.all([
      this.#directory.query<UserForm | DeviceForm | BlockForm | UserCodeForm>(userPartition(sub)),
      this.readRequests(sub),
      this.#transactions.query<RateWindowForm>(userWindows(sub)),
      this.#directory.query<EvidenceKeyForm>(evidenceKeyPartition(sub)),
      this.#directory.query<ListedUserForm>(USER_LIST, { skPrefix: entriesOf(sub) }),
    ]);
    if ([person, requests, windows, keys, entries].every(({ length }) => length === 0)) return undefined;
    const profile = person.find(isProfile);
    const code = person.find(isUserCode);
    const identifiers = await Promise.all((profile?.identifiers ?? []).map((one) => this.#identifier(sub, one)));
    return {
      ...(profile && { profile: keptProfile(profile) }),
      login_identifiers: identifiers.flat(),
      listed: entries.map(keptEntry),
      devices: person.filter(isDevice).map(keptDevice),
      requests,
      rate_windows: windows.filter(isWindow).map(keptRateWindow),
      long_requests: windows.filter(isLongWindow).map(keptLongRequests),
      user_code_attempts: windows.filter(isUserCodeAttempts).map(keptUserCodeAttempts),
      ...(code && { user_code: keptUserCode(code) }),
      blocks: person.filter(isBlock).map(keptBlock),
      evidence_keys: keys.map(keptEvidenceKey),
    };
  }

  async readRequests(sub: string): Promise<readonly KeptRequest[]> {
    const details = await this.#detailsOf(sub);
    const requests = await this.#transactions.batchGet<RequestForm>(
      details.map(({ sk }) => requestKey(requestIdFrom(sk))),
    );
    const byKey = new Map(requests.map((request) => [request.pk, request]));
    return details.map((one) => keptRequest(one, byKey.get(requestKey(requestIdFrom(one.sk)).pk)));
  }

  async close({ sub, profileId }: Owner): Promise<User | undefined> {
    const { written, item } = await this.#directory.update<UserForm>({
      key: profileKey(sub),
      set: { status: 'blocked' },
      add: { block_count: 1, revision: 1 },
      guard: isOf(profileId),
      nonce: { attribute: 'put_by', value: this.#entropy.id() },
    });
    // If the answer was lost and others wrote before the SDK repeated the write, it is written once more.
    return written && item ? userFrom(item) : undefined;
  }

  async eraseRequests({ sub, profileIds }: ProfilesOf): Promise<void> {
    const details = await this.#detailsOf(sub);
    const own = details.filter((one) => profileIds.includes(one.profile_id));
    await Promise.all(
      own.map(async ({ pk, sk }) => {
        await this.#transactions.delete(requestKey(requestIdFrom(sk)));
        await this.#transactions.delete({ pk, sk });
      }),
    );
  }

  async eraseRateWindows(sub: string): Promise<void> {
    const windows = await this.#transactions.query(userWindows(sub));
    await Promise.all(windows.map(({ pk, sk }) => this.#transactions.delete({ pk, sk })));
  }

  async eraseBlocksAndUserCode({ sub, profileIds }: ProfilesOf): Promise<void> {
    const stored = await this.#directory.query<BlockForm | UserCodeForm>(userPartition(sub));
    const of = stored.filter((item) => isBlock(item) || isUserCode(item));
    const own = of.filter(({ profile_id }) => profileIds.includes(profile_id));
    await Promise.all(
      own.map(({ pk, sk, profile_id }) => this.#directory.delete({ pk, sk }, { guard: isOf(profile_id) })),
    );
  }

  async eraseProfile(user: User): Promise<void> {
    const { sub, profileId, ticket, identifiers } = user;
    if (ticket) await this.#transactions.delete(ticketKey(ticket.hash));
    await this.#deleteIdentifiers(identifiers, profileId);
    const { item } = await this.#directory.delete(profileKey(sub), { guard: isOf(profileId) });
    // A change that was made meanwhile may have given the user other identifiers.
    const since = item?.profile_id === profileId ? userFrom(item).identifiers : [];
    const others = since.filter((identifier) => !hasIdentifier(user, identifier));
    await this.#deleteIdentifiers(others, profileId);
  }

  async eraseEntries({ sub, profileIds }: ProfilesOf): Promise<void> {
    await Promise.all(profileIds.map((profileId) => this.#directory.delete(listedUserKey({ sub, profileId }))));
  }

  #detailsOf(sub: string): Promise<readonly Stored<DetailsForm>[]> {
    return this.#transactions.query<DetailsForm>(detailsKey(sub, '').pk, { skPrefix: DETAILS_PREFIX });
  }

  async #identifier(sub: string, identifier: LoginIdentifier) {
    const item = await this.#directory.get(loginKey(identifier));
    return item?.sub === sub ? [keptIdentifier(identifier, item)] : [];
  }

  async #deleteIdentifiers(identifiers: readonly LoginIdentifier[], profileId: string): Promise<void> {
    const guard = isOf(profileId);
    await Promise.all(identifiers.map((identifier) => this.#directory.delete(loginKey(identifier), { guard })));
  }
}

/** The item belongs to this person, and not to another one with the same subject or identifier. */
function isOf(profileId: string): Guard {
  return { condition: '#profile_id = :person', values: { person: profileId } };
}

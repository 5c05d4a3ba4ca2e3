import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import { hasIdentifier, type User } from '../../core/person/user.ts';
import type { PeopleRegistry, UserWritten } from '../../flows/person/ports.ts';
import type { Clock, Entropy } from '../../flows/ports.ts';
import {
  type LoginForm,
  loginKey,
  PROFILE,
  profileItem,
  profileKey,
  type UserForm,
  userFrom,
  userPartition,
} from './forms/user-form.ts';
import type { Guard, Stored } from './items.ts';
import type { Table } from './table.ts';

/** How long creating a user may take, in seconds. An older identifier without a profile belongs to no user. */
const UNFINISHED_SECONDS = 60;
const isNew = { condition: 'attribute_not_exists(pk)' };

/** The profile that a call is about to write. */
type Writer = { readonly sub: string; readonly profileId: string; readonly revision: number };
type Claimed =
  | { readonly outcome: 'claimed'; readonly fresh: readonly LoginIdentifier[] }
  | { readonly outcome: 'taken'; readonly taken: LoginIdentifier['type'] }
  | { readonly outcome: 'superseded' };

/** Users in Directory, as operators change them. There are no transactions: identifiers are written first. */
export class PeopleRegistryTable implements PeopleRegistry {
  readonly #directory: Table;
  readonly #entropy: Entropy;
  readonly #clock: Clock;

  constructor(directory: Table, entropy: Entropy, clock: Clock) {
    this.#directory = directory;
    this.#entropy = entropy;
    this.#clock = clock;
  }

  async create(user: User): Promise<UserWritten> {
    const writer = { sub: user.sub, profileId: user.profileId, revision: 1 };
    const claimed = await this.#claimIdentifiers(user.identifiers, writer);
    if (claimed.outcome === 'taken') return claimed;
    if (claimed.outcome === 'superseded') return { outcome: 'taken', taken: 'sub' };
    const { written, item } = await this.#directory.put(profileItem(user, 1), { guard: isNew, nonce: this.#nonce() });
    if (!written) await this.#deleteIdentifiers(unused(claimed.fresh, item), ownedBy(writer));
    return written ? { outcome: 'written' } : { outcome: 'taken', taken: 'sub' };
  }

  async replace(user: User, before: User): Promise<UserWritten> {
    const { sub, profileId, revision = 0 } = before;
    const writer = { sub, profileId, revision: revision + 1 };
    const claimed = await this.#claimIdentifiers(without(user.identifiers, before.identifiers), writer);
    if (claimed.outcome === 'taken') return claimed;
    if (claimed.outcome === 'superseded') return { outcome: 'changed' };
    // Only the version that was read is replaced, so that a block or a new name that was written in the meantime is not
    // undone. No other person's profile is replaced either: its revisions begin at 1 again.
    const guard = {
      condition: '#profile_id = :person AND #revision = :seen',
      values: { person: profileId, seen: revision },
    };
    const { written, item } = await this.#directory.put(profileItem(user, writer.revision), {
      guard,
      nonce: this.#nonce(),
    });
    const leftover = written ? without(before.identifiers, user.identifiers) : unused(claimed.fresh, item);
    await this.#deleteIdentifiers(leftover, ownedBy(writer));
    return { outcome: written ? 'written' : 'changed' };
  }

  async remove({ sub, profileId, identifiers }: User): Promise<void> {
    const guard = { condition: '#profile_id = :removed', values: { removed: profileId } };
    await this.#directory.delete(profileKey(sub), { guard });
    await Promise.all([this.#deleteIdentifiers(identifiers, guard), this.#deleteDevices(sub)]);
  }

  /**
   * Deletes the devices of a removed user. The partition is read again, because a phone may have enrolled since the
   * caller read it. If another person has the `sub` by now, everything in the partition may be theirs, and what is left
   * of the removed user counts for nothing.
   */
  async #deleteDevices(sub: string): Promise<void> {
    const left = await this.#directory.query(userPartition(sub));
    if (left.some(({ sk }) => sk === PROFILE)) return;
    await Promise.all(left.map(({ pk, sk }) => this.#directory.delete({ pk, sk })));
  }

  /**
   * Writes each identifier for the profile that is written next. If one belongs to another user, writes none and names
   * it. If the profile was written by another call meanwhile, writes none either.
   */
  async #claimIdentifiers(identifiers: readonly LoginIdentifier[], writer: Writer): Promise<Claimed> {
    const fresh: LoginIdentifier[] = [];
    for (const identifier of identifiers) {
      const outcome = await this.#claimIdentifier(identifier, writer);
      if (outcome !== 'claimed') {
        await this.#deleteIdentifiers(fresh, ownedBy(writer));
        return outcome === 'taken' ? { outcome, taken: identifier.type } : { outcome };
      }
      fresh.push(identifier);
    }
    return { outcome: 'claimed', fresh };
  }

  /**
   * Writes an identifier that is new, or that is left over. A leftover is written anew also if it is of the same user, so
   * that a slow call that gave it up does not delete it.
   */
  async #claimIdentifier(identifier: LoginIdentifier, writer: Writer): Promise<Claimed['outcome']> {
    const { sub, profileId: profile_id, revision } = writer;
    const item = { ...loginKey(identifier), sub, profile_id, revision, put_at: this.#clock() };
    const { written, item: stored } = await this.#directory.put(item, { guard: isNew, nonce: this.#nonce() });
    if (written || !stored) return 'claimed';
    const judged = await this.#judgeStored(identifier, stored, writer);
    if (judged !== 'claimed') return judged;
    const condition = 'attribute_not_exists(pk) OR #put_by = :seen';
    const guard = { condition, values: { seen: stored.put_by ?? '' } };
    const again = await this.#directory.put(item, { guard, nonce: this.#nonce() });
    if (again.written) return 'claimed';
    return again.item?.profile_id === profile_id ? 'superseded' : 'taken';
  }

  /**
   * Decides whether a stored identifier may be claimed. One that no profile names belongs to no user: its user was never
   * completely created, has given it up, or has been removed. A young one of another `sub` is left alone, because its
   * user may be in the middle of being created.
   */
  async #judgeStored(
    identifier: LoginIdentifier,
    stored: Stored<LoginForm>,
    writer: Writer,
  ): Promise<Claimed['outcome']> {
    if (stored.profile_id === writer.profileId) return stored.revision > writer.revision ? 'superseded' : 'claimed';
    const { pk, sk } = profileKey(stored.sub);
    const [profile] = await this.#directory.query<UserForm>(pk, { skPrefix: sk });
    const isNamed = profile !== undefined && hasIdentifier(userFrom(profile), identifier);
    if (stored.sub === writer.sub) {
      const isOther = profile !== undefined && profile.profile_id !== writer.profileId;
      return isNamed || isOther ? 'superseded' : 'claimed';
    }
    return isNamed || stored.put_at > this.#clock() - UNFINISHED_SECONDS ? 'taken' : 'claimed';
  }

  async #deleteIdentifiers(identifiers: readonly LoginIdentifier[], guard: Guard): Promise<void> {
    await Promise.all(identifiers.map((identifier) => this.#directory.delete(loginKey(identifier), { guard })));
  }

  #nonce() {
    return { attribute: 'put_by', value: this.#entropy.id() };
  }
}

/** An identifier of this profile that no later write of the profile has claimed. */
function ownedBy({ profileId, revision }: Writer): Guard {
  return {
    condition: '#profile_id = :owner AND #revision <= :own',
    values: { owner: profileId, own: revision },
  };
}

/**
 * Returns the new identifiers that the stored profile does not name. The others may be needed by another writer of the
 * same user.
 */
function unused(fresh: readonly LoginIdentifier[], profile: Stored<UserForm> | undefined): readonly LoginIdentifier[] {
  return profile ? without(fresh, userFrom(profile).identifiers) : fresh;
}

function without(
  identifiers: readonly LoginIdentifier[],
  others: readonly LoginIdentifier[],
): readonly LoginIdentifier[] {
  return identifiers.filter((one) => !others.some((other) => other.type === one.type && other.value === one.value));
}

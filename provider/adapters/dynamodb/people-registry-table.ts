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
import type { Key, Stored, Table } from './table.ts';

/** How long creating a user may take, in seconds. An older identifier without a profile belongs to no user. */
const UNFINISHED_SECONDS = 60;
const isNew = { condition: 'attribute_not_exists(pk)' };

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
    const claimed = await this.#claimIdentifiers(user.identifiers, user.sub);
    if (claimed.taken !== undefined) return { outcome: 'taken', taken: claimed.taken };
    const { written, item } = await this.#directory.put(profileItem(user, 1), { guard: isNew, nonce: this.#nonce() });
    if (!written) await this.#deleteIdentifiers(unused(claimed.fresh, item), user.sub);
    return written ? { outcome: 'written' } : { outcome: 'taken', taken: 'sub' };
  }

  async replace(user: User, before: User): Promise<UserWritten> {
    const claimed = await this.#claimIdentifiers(without(user.identifiers, before.identifiers), user.sub);
    if (claimed.taken !== undefined) return { outcome: 'taken', taken: claimed.taken };
    // Only the version that was read is replaced, so that a block or a new name that was written in the meantime is not
    // undone. No other person's profile is replaced either: its revisions begin at 1 again.
    const { revision = 0 } = before;
    const guard = {
      condition: '#profile_id = :person AND #revision = :seen',
      values: { person: before.profileId, seen: revision },
    };
    const { written, item } = await this.#directory.put(profileItem(user, revision + 1), {
      guard,
      nonce: this.#nonce(),
    });
    const leftover = written ? without(before.identifiers, user.identifiers) : unused(claimed.fresh, item);
    await this.#deleteIdentifiers(leftover, user.sub);
    return { outcome: written ? 'written' : 'changed' };
  }

  async remove(user: User): Promise<void> {
    const guard = { condition: '#profile_id = :removed', values: { removed: user.profileId } };
    await this.#directory.delete(profileKey(user.sub), { guard });
    // The partition is read again, because a phone may have enrolled since the caller read it. If another person has
    // the `sub` by now, everything in the partition may be theirs, and what is left of this user counts for nothing.
    const left = await this.#directory.query(userPartition(user.sub));
    if (left.some(({ sk }) => sk === PROFILE)) return;
    await Promise.all([
      this.#deleteIdentifiers(user.identifiers, user.sub),
      ...left.map(({ pk, sk }) => this.#directory.delete({ pk, sk })),
    ]);
  }

  /** Writes each identifier for this user. If one belongs to another user, writes none and names it. */
  async #claimIdentifiers(
    identifiers: readonly LoginIdentifier[],
    sub: string,
  ): Promise<{ fresh: LoginIdentifier[]; taken?: LoginIdentifier['type'] }> {
    const fresh: LoginIdentifier[] = [];
    for (const identifier of identifiers) {
      const item = { ...loginKey(identifier), sub, put_at: this.#clock() };
      const { written, item: stored } = await this.#directory.put(item, { guard: isNew, nonce: this.#nonce() });
      if (written) fresh.push(identifier);
      else if (stored?.sub !== sub && !(await this.#replaceOrphan(identifier, item, stored))) {
        await this.#deleteIdentifiers(fresh, sub);
        return { fresh: [], taken: identifier.type };
      }
    }
    return { fresh };
  }

  /**
   * Claims an identifier that points to no user, because the user was never completely created or has been removed. A
   * young one is left alone, because its user may be in the middle of being created.
   */
  async #replaceOrphan(
    identifier: LoginIdentifier,
    item: Key<LoginForm> & LoginForm,
    stored: Stored<LoginForm> | undefined,
  ): Promise<boolean> {
    if (!stored || stored.put_at > this.#clock() - UNFINISHED_SECONDS) return false;
    const { pk, sk } = profileKey(stored.sub);
    const [profile] = await this.#directory.query<UserForm>(pk, { skPrefix: sk });
    if (profile && hasIdentifier(userFrom(profile), identifier)) return false;
    const guard = { condition: '#sub = :orphaned', values: { orphaned: stored.sub } };
    return (await this.#directory.put(item, { guard, nonce: this.#nonce() })).written;
  }

  async #deleteIdentifiers(identifiers: readonly LoginIdentifier[], sub: string): Promise<void> {
    const guard = { condition: '#sub = :owner', values: { owner: sub } };
    await Promise.all(identifiers.map((identifier) => this.#directory.delete(loginKey(identifier), { guard })));
  }

  #nonce() {
    return { attribute: 'put_by', value: this.#entropy.id() };
  }
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

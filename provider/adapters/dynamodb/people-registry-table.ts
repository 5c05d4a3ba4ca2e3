import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import { hasIdentifier, UNFINISHED_SECONDS, type User } from '../../core/person/user.ts';
import type { PeopleRegistry, UserWritten } from '../../flows/person/ports.ts';
import type { Clock, Entropy } from '../../flows/ports.ts';
import {
  type LoginForm,
  listedUserKey,
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

const isNew = { condition: 'attribute_not_exists(pk)' };

/** The profile that a call is about to write. */
type Writer = { readonly sub: string; readonly profileId: string; readonly revision: number };
/** An identifier as a call wrote it. It is stored like that until another call claims it. */
type Claim = { readonly identifier: LoginIdentifier; readonly putBy: string };
/**
 * The outcome of claiming identifiers. `own` are those that no other call of the same `sub` had claimed before. If this
 * call fails, it deletes them. Another call may need the others, so they stay, and belong to no user unless a profile
 * names them.
 */
type Claimed =
  | { readonly outcome: 'claimed'; readonly own: readonly Claim[] }
  | { readonly outcome: 'taken'; readonly taken: LoginIdentifier['type'] }
  | { readonly outcome: 'superseded' };
/** The outcome of claiming one identifier. */
type ClaimedOne = Extract<Claimed, { outcome: 'claimed' }> | { readonly outcome: 'taken' | 'superseded' };

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
    const entry = listedUserKey(user);
    await this.#directory.put({ ...entry, put_at: this.#clock() });
    const { written, item } = await this.#directory.put(profileItem(user, 1), { guard: isNew, nonce: this.#nonce() });
    // If the answer of this write was lost and others changed the user before the SDK repeated it, the nonce is theirs.
    if (written || item?.profile_id === user.profileId) return { outcome: 'written' };
    await this.#deleteClaims(claimed.own, item);
    await this.#directory.delete(entry);
    return { outcome: 'taken', taken: 'sub' };
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
    const item = profileItem(user, writer.revision);
    const put = await this.#directory.put(item, { guard, nonce: this.#nonce() });
    if (put.written) await this.#deleteIdentifiers(without(before.identifiers, user.identifiers), ownedBy(writer));
    else await this.#deleteClaims(claimed.own, put.item);
    if (put.written) return { outcome: 'written' };
    return { outcome: put.isUnclear ? 'unclear' : 'changed' };
  }

  async remove(user: User): Promise<void> {
    const { sub, profileId, identifiers } = user;
    const guard = { condition: '#profile_id = :removed', values: { removed: profileId } };
    await this.#directory.delete(profileKey(sub), { guard });
    await this.#deleteIdentifiers(identifiers, guard);
    await this.#directory.delete(listedUserKey(user));
  }

  /**
   * The partition is read again, because a phone may have enrolled since the caller read it. If another person has the
   * `sub` by now, everything in the partition may be theirs, and what is left of the removed user counts for nothing.
   */
  async removeLeftovers(sub: string): Promise<void> {
    const left = await this.#directory.query(userPartition(sub));
    if (left.some(({ sk }) => sk === PROFILE)) return;
    await Promise.all(left.map(({ pk, sk }) => this.#directory.delete({ pk, sk })));
  }

  /**
   * Writes each identifier for the profile that is written next. If one belongs to another user, writes none and names
   * it. If the profile was written by another call meanwhile, writes none either.
   */
  async #claimIdentifiers(identifiers: readonly LoginIdentifier[], writer: Writer): Promise<Claimed> {
    const own: Claim[] = [];
    for (const identifier of identifiers) {
      const claimed = await this.#claimIdentifier(identifier, writer);
      if (claimed.outcome === 'claimed') own.push(...claimed.own);
      else {
        await this.#deleteClaims(own);
        const { outcome } = claimed;
        return outcome === 'taken' ? { outcome, taken: identifier.type } : { outcome };
      }
    }
    return { outcome: 'claimed', own };
  }

  /**
   * Writes an identifier that is new, or that is left over. A leftover is written anew also if it is of the same user, so
   * that a slow call that gave it up does not delete it.
   */
  async #claimIdentifier(identifier: LoginIdentifier, writer: Writer): Promise<ClaimedOne> {
    const { sub, profileId: profile_id, revision } = writer;
    const item = { ...loginKey(identifier), sub, profile_id, revision, put_at: this.#clock() };
    const nonce = this.#nonce();
    const own = [{ identifier, putBy: nonce.value }];
    const { written, item: stored } = await this.#directory.put(item, { guard: isNew, nonce });
    if (written || !stored) return { outcome: 'claimed', own };
    const judged = await this.#judgeStored(identifier, stored, writer);
    if (judged !== 'claimed') return { outcome: judged };
    const condition = 'attribute_not_exists(pk) OR #put_by = :seen';
    const guard = { condition, values: { seen: stored.put_by ?? '' } };
    const again = await this.#directory.put(item, { guard, nonce });
    if (again.written) return { outcome: 'claimed', own: stored.sub === sub ? [] : own };
    return { outcome: again.item?.profile_id === profile_id ? 'superseded' : 'taken' };
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

  /**
   * Deletes identifiers that this call claimed, unless another call has claimed them since. The stored profile may name
   * them too: if this call wrote it without getting the answer, and another call wrote it again.
   */
  async #deleteClaims(claims: readonly Claim[], profile?: Stored<UserForm>): Promise<void> {
    const user = profile && userFrom(profile);
    const unused = claims.filter(({ identifier }) => !user || !hasIdentifier(user, identifier));
    const deletions = unused.map(({ identifier, putBy }) =>
      this.#deleteIdentifiers([identifier], { condition: '#put_by = :own', values: { own: putBy } }),
    );
    await Promise.all(deletions);
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

function without(
  identifiers: readonly LoginIdentifier[],
  others: readonly LoginIdentifier[],
): readonly LoginIdentifier[] {
  return identifiers.filter((one) => !others.some((other) => other.type === one.type && other.value === one.value));
}

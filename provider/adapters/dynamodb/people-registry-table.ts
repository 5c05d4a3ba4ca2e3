import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import { hasIdentifier, type User } from '../../core/person/user.ts';
import type { PeopleRegistry, UserWritten } from '../../flows/person/ports.ts';
import type { Clock, Entropy } from '../../flows/ports.ts';
import {
  type LoginForm,
  loginKey,
  profileItem,
  profileKey,
  type UserForm,
  userFrom,
  userPartition,
} from './forms/user-form.ts';
import type { Key, Stored, Table } from './table.ts';

/** How long the making of a user may take; an identifier without a profile that is older belongs to nobody. */
const UNFINISHED_SECONDS = 60;
const isNew = { condition: 'attribute_not_exists(pk)' };

/** Users in Directory, as operators change them. No transactions: identifiers are put first. */
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
    const took = await this.#takeIdentifiers(user.identifiers, user.sub);
    if (took.taken !== undefined) return { outcome: 'taken', taken: took.taken };
    const { written, item } = await this.#directory.put(profileItem(user), { guard: isNew, nonce: this.#nonce() });
    if (!written) await this.#dropIdentifiers(unused(took.fresh, item), user.sub);
    return written ? { outcome: 'written' } : { outcome: 'taken', taken: 'sub' };
  }

  async replace(user: User, before: User): Promise<UserWritten> {
    const took = await this.#takeIdentifiers(without(user.identifiers, before.identifiers), user.sub);
    if (took.taken !== undefined) return { outcome: 'taken', taken: took.taken };
    // What was read is what is replaced: a block or a new name that was written meanwhile must not be undone.
    const guard =
      before.revision === undefined
        ? { condition: 'attribute_exists(pk) AND attribute_not_exists(#put_by)' }
        : { condition: '#put_by = :seen', values: { seen: before.revision } };
    const { written, item } = await this.#directory.put(profileItem(user), { guard, nonce: this.#nonce() });
    const leftover = written ? without(before.identifiers, user.identifiers) : unused(took.fresh, item);
    await this.#dropIdentifiers(leftover, user.sub);
    return { outcome: written ? 'written' : 'changed' };
  }

  async remove(user: User): Promise<void> {
    await this.#directory.delete(profileKey(user.sub));
    // Read again: a phone may have enrolled since the caller looked.
    const left = await this.#directory.query(userPartition(user.sub));
    await Promise.all([
      this.#dropIdentifiers(user.identifiers, user.sub),
      ...left.map(({ pk, sk }) => this.#directory.delete({ pk, sk })),
    ]);
  }

  /** Puts each identifier for this user, or puts none and tells which is another's. */
  async #takeIdentifiers(
    identifiers: readonly LoginIdentifier[],
    sub: string,
  ): Promise<{ fresh: LoginIdentifier[]; taken?: LoginIdentifier['type'] }> {
    const fresh: LoginIdentifier[] = [];
    for (const identifier of identifiers) {
      const item = { ...loginKey(identifier), sub, put_at: this.#clock() };
      const { written, item: stored } = await this.#directory.put(item, { guard: isNew, nonce: this.#nonce() });
      if (written) fresh.push(identifier);
      else if (stored?.sub !== sub && !(await this.#takeFromNobody(identifier, item, stored))) {
        await this.#dropIdentifiers(fresh, sub);
        return { fresh: [], taken: identifier.type };
      }
    }
    return { fresh };
  }

  /** An identifier whose user was never finished, or is gone, points at nobody. Young ones may be just in the making. */
  async #takeFromNobody(
    identifier: LoginIdentifier,
    item: Key<LoginForm> & LoginForm,
    stored: Stored<LoginForm> | undefined,
  ): Promise<boolean> {
    if (!stored || stored.put_at > this.#clock() - UNFINISHED_SECONDS) return false;
    const { pk, sk } = profileKey(stored.sub);
    const [profile] = await this.#directory.query<UserForm>(pk, { skPrefix: sk });
    if (profile && hasIdentifier(userFrom(profile), identifier)) return false;
    const guard = { condition: '#sub = :nobody', values: { nobody: stored.sub } };
    return (await this.#directory.put(item, { guard, nonce: this.#nonce() })).written;
  }

  async #dropIdentifiers(identifiers: readonly LoginIdentifier[], sub: string): Promise<void> {
    const guard = { condition: '#sub = :owner', values: { owner: sub } };
    await Promise.all(identifiers.map((identifier) => this.#directory.delete(loginKey(identifier), { guard })));
  }

  #nonce() {
    return { attribute: 'put_by', value: this.#entropy.id() };
  }
}

/** Those that the profile as it stands does not name: another writer of the same user may need the others. */
function unused(fresh: readonly LoginIdentifier[], profile: Stored<UserForm> | undefined): readonly LoginIdentifier[] {
  return profile ? without(fresh, userFrom(profile).identifiers) : fresh;
}

function without(
  identifiers: readonly LoginIdentifier[],
  others: readonly LoginIdentifier[],
): readonly LoginIdentifier[] {
  return identifiers.filter((one) => !others.some((other) => other.type === one.type && other.value === one.value));
}

import type { LoginIdentifier } from '../../core/asking/login-hint.ts';
import type { Client } from '../../core/client/client.ts';
import { goesBy, type User, type UserWithDevices } from '../../core/person/user.ts';
import type { Directory } from '../../flows/person/ports.ts';
import type { Clock, Entropy } from '../../flows/ports.ts';
import {
  clientFrom,
  clientItem,
  clientKey,
  loginKey,
  profileItem,
  profileKey,
  userFrom,
} from './forms/directory-items.ts';
import type { Item, Key, Table } from './table.ts';

type Outcome = { created: true } | { created: false; taken: string };

/** The partition that lists all clients, in the order of their ids. */
const CLIENT_LIST = 'CLIENT#';
/** How long the making of a user may take; an identifier without a profile that is older belongs to nobody. */
const UNFINISHED_SECONDS = 60;
const isNew = { condition: 'attribute_not_exists(pk)' };

/** Clients and users in Directory, as operators change them. No transactions: identifiers are put first. */
export class DirectoryTable implements Directory {
  readonly #directory: Table;
  readonly #entropy: Entropy;
  readonly #clock: Clock;

  constructor(directory: Table, entropy: Entropy, clock: Clock) {
    this.#directory = directory;
    this.#entropy = entropy;
    this.#clock = clock;
  }

  async createClient(client: Client): Promise<boolean> {
    await this.#directory.put({ pk: CLIENT_LIST, sk: client.clientId });
    return (await this.#directory.put(clientItem(client), { guard: isNew, nonce: this.#nonce() })).written;
  }

  async replaceClient(client: Client, before: Client): Promise<boolean> {
    const guard = { condition: '#client = :before', values: { before: JSON.stringify(before) } };
    return (await this.#directory.put(clientItem(client), { guard, nonce: this.#nonce() })).written;
  }

  async removeClient(clientId: string): Promise<boolean> {
    // Looked up first: a guarded deletion that is repeated after a lost answer would say that there was none.
    const there = await this.#directory.get(clientKey(clientId));
    await this.#directory.delete(clientKey(clientId));
    await this.#directory.delete({ pk: CLIENT_LIST, sk: clientId });
    return there !== undefined;
  }

  async findClient(clientId: string): Promise<Client | undefined> {
    const item = await this.#directory.get(clientKey(clientId));
    return item && clientFrom(item);
  }

  async listClients(page: {
    after?: string | undefined;
    limit: number;
  }): Promise<{ clients: readonly Client[]; next?: string | undefined }> {
    const ids = (await this.#directory.page(CLIENT_LIST, page)).map((item) => String(item['sk']));
    const items = await this.#directory.batchGet(ids.map(clientKey));
    const clients = items.map(clientFrom).sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    return { clients, next: ids.length === page.limit ? ids.at(-1) : undefined };
  }

  async createUser(user: User): Promise<Outcome> {
    const took = await this.#takeIdentifiers(user.identifiers, user.sub);
    if (took.taken !== undefined) return { created: false, taken: took.taken };
    const { written, item } = await this.#directory.put(profileItem(user), { guard: isNew, nonce: this.#nonce() });
    if (!written) await this.#dropIdentifiers(unused(took.fresh, item), user.sub);
    return written ? { created: true } : { created: false, taken: 'sub' };
  }

  async replaceUser(user: User, before: User): Promise<Outcome> {
    const took = await this.#takeIdentifiers(without(user.identifiers, before.identifiers), user.sub);
    if (took.taken !== undefined) return { created: false, taken: took.taken };
    // What was read is what is replaced: a block or a new name that was written meanwhile must not be undone.
    const guard =
      before.revision === undefined
        ? { condition: 'attribute_exists(pk) AND attribute_not_exists(#put_by)' }
        : { condition: '#put_by = :seen', values: { seen: before.revision } };
    const { written, item } = await this.#directory.put(profileItem(user), { guard, nonce: this.#nonce() });
    const leftover = written ? without(before.identifiers, user.identifiers) : unused(took.fresh, item);
    await this.#dropIdentifiers(leftover, user.sub);
    return written ? { created: true } : { created: false, taken: 'changed' };
  }

  async removeUser({ user }: UserWithDevices): Promise<void> {
    await this.#directory.delete(profileKey(user.sub));
    // Read again: a phone may have enrolled since the caller looked.
    const left = await this.#directory.query(`USER#${user.sub}`);
    await Promise.all([
      this.#dropIdentifiers(user.identifiers, user.sub),
      ...left.map(({ pk, sk }) => this.#directory.delete({ pk: String(pk), sk: String(sk) })),
    ]);
  }

  /** Puts each identifier for this user, or puts none and tells which is another's. */
  async #takeIdentifiers(
    identifiers: readonly LoginIdentifier[],
    sub: string,
  ): Promise<{ fresh: LoginIdentifier[]; taken?: string }> {
    const fresh: LoginIdentifier[] = [];
    for (const identifier of identifiers) {
      const item = { ...loginKey(identifier), sub, put_at: this.#clock() };
      const { written, item: stored } = await this.#directory.put(item, { guard: isNew, nonce: this.#nonce() });
      if (written) fresh.push(identifier);
      else if (stored?.['sub'] !== sub && !(await this.#takeFromNobody(identifier, item, stored))) {
        await this.#dropIdentifiers(fresh, sub);
        return { fresh: [], taken: identifier.type };
      }
    }
    return { fresh };
  }

  /** An identifier whose user was never finished, or is gone, points at nobody. Young ones may be just in the making. */
  async #takeFromNobody(identifier: LoginIdentifier, item: Item & Key, stored: Item | undefined): Promise<boolean> {
    const owner = String(stored?.['sub']);
    if (Number(stored?.['put_at']) > this.#clock() - UNFINISHED_SECONDS) return false;
    const [profile] = (await this.#directory.query(`USER#${owner}`)).filter(({ sk }) => sk === 'PROFILE');
    if (profile && goesBy(userFrom(profile), identifier)) return false;
    const guard = { condition: '#sub = :nobody', values: { nobody: owner } };
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
function unused(fresh: readonly LoginIdentifier[], profile: Item | undefined): readonly LoginIdentifier[] {
  return profile ? without(fresh, userFrom(profile).identifiers) : fresh;
}

function without(
  identifiers: readonly LoginIdentifier[],
  others: readonly LoginIdentifier[],
): readonly LoginIdentifier[] {
  return identifiers.filter((one) => !others.some((other) => other.type === one.type && other.value === one.value));
}

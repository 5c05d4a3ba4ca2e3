import type { Client } from '../../core/client/client.ts';
import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import type { ClientRegistry } from '../../flows/client/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { ClientNames } from './client-names-table.ts';
import { CLIENT_LIST, type ClientKeyForm, clientFrom, clientItem, clientKey, listedKey } from './forms/client-form.ts';
import type { Stored } from './items.ts';
import type { Table } from './table.ts';

/**
 * Adds the client of the synthetic login to a page of the list, in its place. Its set-up may write that client alone, so
 * it has no entry. If there is no synthetic login, nothing is found under the id.
 */
function withSynthetic(
  listed: readonly string[],
  { after = '', limit }: { after?: string | undefined; limit: number },
) {
  if (SYNTHETIC_ID <= after) return listed;
  return [...new Set([...listed, SYNTHETIC_ID])].sort().slice(0, limit);
}

function registrationOf(item: Stored<ClientKeyForm> | undefined): string | undefined {
  return item && 'registration_id' in item ? item.registration_id : undefined;
}

const isNew = { condition: 'attribute_not_exists(pk)' };

/** Clients in Directory, as operators change them. */
export class ClientRegistryTable implements ClientRegistry {
  readonly #directory: Table;
  readonly #entropy: Entropy;
  readonly #names: ClientNames;

  constructor(directory: Table, entropy: Entropy, names: ClientNames) {
    this.#directory = directory;
    this.#entropy = entropy;
    this.#names = names;
  }

  async create(client: Client): ReturnType<ClientRegistry['create']> {
    if (!(await this.#names.reserve(client.audiences))) return 'audience_taken';
    const writer = { ...client, revision: 1 };
    const claim = await this.#names.claim(writer);
    if (claim.outcome !== 'claimed') return 'name_taken';
    await this.#directory.put(listedKey(client.clientId));
    const { written, item } = await this.#directory.put(clientItem(client, 1), { guard: isNew, nonce: this.#nonce() });
    // If the answer of this write was lost and others changed the client before the SDK repeated it, the nonce is theirs.
    if (written || registrationOf(item) === client.registrationId) return 'written';
    await this.#names.withdraw(writer, claim.own);
    return 'id_taken';
  }

  async replace(client: Client, before: Client): ReturnType<ClientRegistry['replace']> {
    const isNewAudience = (audience: string) => !before.audiences.includes(audience);
    if (!(await this.#names.reserve(client.audiences.filter(isNewAudience)))) return 'audience_taken';
    if (await this.#names.areAlike(client.name, before.name)) return this.#write(client, before);
    const { revision = 0 } = before;
    const writer = { ...client, revision: revision + 1 };
    const claim = await this.#names.claim(writer);
    if (claim.outcome !== 'claimed') return claim.outcome === 'taken' ? 'name_taken' : 'changed';
    const replaced = await this.#write(client, before);
    // If nobody knows whether the client has the name, its claim stays. It is free once the client has another name.
    if (replaced === 'written') await this.#names.free({ ...before, revision });
    else if (replaced === 'changed') await this.#names.withdraw(writer, claim.own);
    return replaced;
  }

  async #write(client: Client, { registrationId, revision = 0 }: Client): Promise<'written' | 'changed' | 'unclear'> {
    // Only the version that was read is replaced. No other client that has the id now is replaced either: its revisions
    // begin at 1 again.
    const guard = {
      condition: '#registration_id = :registration AND #revision = :seen',
      values: { registration: registrationId, seen: revision },
    };
    const item = clientItem(client, revision + 1);
    const { written, isUnclear } = await this.#directory.put(item, { guard, nonce: this.#nonce() });
    if (written) return 'written';
    return isUnclear ? 'unclear' : 'changed';
  }

  async remove(clientId: string): Promise<boolean> {
    // The client is read first. If a guarded delete were repeated after a lost answer, it would report that there was
    // no client.
    const there = await this.#directory.get(clientKey(clientId));
    if (!there || there.client === undefined) return false;
    // A repeated delete leaves another client alone that got the id in between. The entry in the list stays, because the
    // other client may be about to rely on it. If it were deleted, that client would be in no list.
    const guard = { condition: '#registration_id = :removed', values: { removed: there.registration_id } };
    await this.#directory.delete(clientKey(clientId), { guard });
    const removed = clientFrom(there);
    if (removed) await this.#names.free({ ...removed, revision: there.revision });
    return true;
  }

  async find(clientId: string): Promise<Client | undefined> {
    const item = await this.#directory.get(clientKey(clientId));
    return item && clientFrom(item);
  }

  // An entry whose client was removed is left out, so a page may hold fewer clients than its limit.
  async list(page: Parameters<ClientRegistry['list']>[0]): ReturnType<ClientRegistry['list']> {
    const listed = (await this.#directory.page(CLIENT_LIST, page)).map(({ sk }) => sk);
    const ids = withSynthetic(listed, page);
    const items = await this.#directory.batchGet(ids.map(clientKey));
    const clients = items.flatMap((item) => clientFrom(item) ?? []).sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    return { clients, next: ids.length === page.limit ? ids.at(-1) : undefined };
  }

  #nonce() {
    return { attribute: 'put_by', value: this.#entropy.id() };
  }
}

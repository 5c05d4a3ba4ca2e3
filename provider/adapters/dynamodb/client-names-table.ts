import { type Client, isClientId } from '../../core/client/client.ts';
import { judgeNameClaim } from '../../core/client/client-name.ts';
import type { Clock, Entropy } from '../../flows/ports.ts';
import { clientFrom, clientKey, reservedItem } from './forms/client-form.ts';
import { type ClientNameForm, clientNameFrom, clientNameItem, clientNameKey } from './forms/client-name-form.ts';
import type { Stored } from './items.ts';
import type { Table } from './table.ts';

/** Returns what a name looks like. Two names with the same skeleton look alike. */
export type SkeletonOf = (name: string) => Promise<string>;

/** A client that is about to be written, with the revision that it will have. */
export type Writer = Pick<Client, 'clientId' | 'registrationId' | 'name'> & { readonly revision: number };

/**
 * The outcome of claiming a name. `own`: the call that claimed it, which deletes it if the client cannot be written.
 * Absent if another call of the same client had claimed it before, because that one may need it.
 */
type Claimed = { readonly outcome: 'claimed'; readonly own?: string } | { readonly outcome: 'taken' | 'superseded' };

/** What keeps names apart in Directory: one claim for all names that look alike, and words that are no client ids. */
export class ClientNames {
  readonly #directory: Table;
  readonly #entropy: Entropy;
  readonly #clock: Clock;
  readonly #skeletonOf: SkeletonOf;

  constructor(directory: Table, own: { entropy: Entropy; clock: Clock; skeletonOf: SkeletonOf }) {
    this.#directory = directory;
    this.#entropy = own.entropy;
    this.#clock = own.clock;
    this.#skeletonOf = own.skeletonOf;
  }

  async areAlike(one: string, other: string): Promise<boolean> {
    return one === other || (await this.#skeletonOf(one)) === (await this.#skeletonOf(other));
  }

  /** Claims what the name looks like, before the client is written. */
  async claim(writer: Writer): Promise<Claimed> {
    const skeleton = await this.#skeletonOf(writer.name);
    const { clientId, registrationId, revision } = writer;
    const item = clientNameItem(skeleton, { clientId, registrationId, revision, claimedAt: this.#clock() });
    const nonce = { attribute: 'put_by', value: this.#entropy.id() };
    const isNew = { condition: 'attribute_not_exists(pk)' };
    const first = await this.#directory.put(item, { guard: isNew, nonce });
    if (first.written || !first.item) return { outcome: 'claimed', own: nonce.value };
    const judged = await this.#judge(first.item, writer, skeleton);
    if (judged === 'taken' || judged === 'superseded') return { outcome: judged };
    const condition = 'attribute_not_exists(pk) OR #put_by = :seen';
    const guard = { condition, values: { seen: first.item.put_by ?? '' } };
    const again = await this.#directory.put(item, { guard, nonce });
    if (again.written) return { outcome: 'claimed', ...(judged === 'free' && { own: nonce.value }) };
    return { outcome: again.item?.registration_id === registrationId ? 'superseded' : 'taken' };
  }

  async #judge(stored: Stored<ClientNameForm>, writer: Writer, skeleton: string) {
    const claim = clientNameFrom(stored);
    const item = await this.#directory.get(clientKey(claim.clientId));
    const client = item && clientFrom(item);
    const holder = client && { ...client, skeleton: await this.#skeletonOf(client.name) };
    return judgeNameClaim(claim, { writer, holder, skeleton, now: this.#clock() });
  }

  /** Deletes a claim of this call, whose client could not be written. */
  async withdraw({ name }: Writer, own: string | undefined): Promise<void> {
    if (own === undefined) return;
    const guard = { condition: '#put_by = :own', values: { own } };
    await this.#directory.delete(clientNameKey(await this.#skeletonOf(name)), { guard });
  }

  /** Frees a name that the client gave up, unless a later change of the client has claimed it again. */
  async free({ registrationId, revision, name }: Writer): Promise<void> {
    const guard = {
      condition: '#registration_id = :owner AND #revision <= :own',
      values: { owner: registrationId, own: revision },
    };
    await this.#directory.delete(clientNameKey(await this.#skeletonOf(name)), { guard });
  }

  /**
   * Makes sure that no audience is or becomes a client id, because an ID token has the client id as its audience. An
   * audience that could be one is reserved under the key of that client. False if there is a client of that id.
   */
  async reserve(audiences: readonly string[]): Promise<boolean> {
    const guard = { condition: 'attribute_not_exists(pk) OR attribute_exists(#reserved)' };
    const words = audiences.filter(isClientId);
    const reserved = await Promise.all(words.map((word) => this.#directory.put(reservedItem(word), { guard })));
    return reserved.every(({ written }) => written);
  }
}

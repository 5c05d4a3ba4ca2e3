import type { EvidenceKey } from '../../core/person/evidence-key.ts';
import type { Owner } from '../../core/person/user.ts';
import type { EvidenceKeys } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import {
  type EvidenceKeyForm,
  evidenceKeyForm,
  evidenceKeyFrom,
  evidenceKeyKey,
  formerEvidenceKeyKey,
} from './forms/evidence-key-form.ts';
import type { Stored } from './items.ts';
import type { Table } from './table.ts';

const isNew = { condition: 'attribute_not_exists(pk)' };

/** Evidence keys in Directory: one item for the person who has the subject, and one for each who had it before. */
export class EvidenceKeysTable implements EvidenceKeys {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async claim(owner: Owner, now: number): Promise<EvidenceKey> {
    const made = { profileId: owner.profileId, key: this.#entropy.secret(), madeAt: now };
    const { written, item } = await this.#put(owner.sub, made, isNew);
    if (written || !item) return made;
    return item.profile_id === owner.profileId ? evidenceKeyFrom(item) : this.#succeed(owner, made, item);
  }

  /**
   * Takes the place of an earlier person's key, which is kept under its profile. An old call of that person may do the
   * same in the other direction, so a key that was moved before is taken again.
   */
  async #succeed(owner: Owner, made: EvidenceKey, former: Stored<EvidenceKeyForm>): Promise<EvidenceKey> {
    const { sub } = owner;
    await this.#directory.put(
      {
        ...formerEvidenceKeyKey({ sub, profileId: former.profile_id }),
        ...evidenceKeyForm(evidenceKeyFrom(former)),
      },
      { guard: isNew },
    );
    const moved = await this.#directory.get(formerEvidenceKeyKey(owner));
    const own = moved ? evidenceKeyFrom(moved) : made;
    const guard = { condition: '#profile_id = :former', values: { former: former.profile_id } };
    const { written, item } = await this.#put(sub, own, guard);
    if (written) return own;
    if (item?.profile_id === owner.profileId) return evidenceKeyFrom(item);
    throw new Error('the evidence key of the subject kept changing');
  }

  #put(sub: string, key: EvidenceKey, guard: typeof isNew & { values?: Record<string, unknown> }) {
    const nonce = { attribute: 'made_by', value: this.#entropy.id() };
    return this.#directory.put({ ...evidenceKeyKey(sub), ...evidenceKeyForm(key) }, { guard, nonce });
  }
}

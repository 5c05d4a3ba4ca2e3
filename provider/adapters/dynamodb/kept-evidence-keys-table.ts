import type { EvidenceKey } from '../../core/person/evidence-key.ts';
import type { KeptEvidenceKeys, ProfilesOf } from '../../flows/person/ports.ts';
import { type EvidenceKeyForm, evidenceKeyFrom, evidenceKeyPartition } from './forms/evidence-key-form.ts';
import type { Stored } from './items.ts';
import type { Table } from './table.ts';

/** Evidence keys in Directory, as operators read and erase them. */
export class KeptEvidenceKeysTable implements KeptEvidenceKeys {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async list(sub: string): Promise<readonly EvidenceKey[]> {
    // A key that was moved and taken again is there twice.
    const byProfile = new Map((await this.#items(sub)).map((item) => [item.profile_id, evidenceKeyFrom(item)]));
    return [...byProfile.values()];
  }

  async erase({ sub, profileIds }: ProfilesOf): Promise<void> {
    const items = (await this.#items(sub)).filter((item) => profileIds.includes(item.profile_id));
    await Promise.all(
      items.map(({ pk, sk, profile_id: owner }) =>
        // A key that was moved meanwhile stays, and the next call finds it.
        this.#directory.delete({ pk, sk }, { guard: { condition: '#profile_id = :owner', values: { owner } } }),
      ),
    );
  }

  #items(sub: string): Promise<readonly Stored<EvidenceKeyForm>[]> {
    return this.#directory.query<EvidenceKeyForm>(evidenceKeyPartition(sub));
  }
}

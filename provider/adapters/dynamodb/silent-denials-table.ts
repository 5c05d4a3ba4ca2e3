import type { ClientDenial, SilentDenials } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { blockKey } from './forms/block-form.ts';
import type { Table } from './table.ts';

/** Denials that nobody makes, counted in the block of the client in Directory. */
export class SilentDenialsTable implements SilentDenials {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async recordSilentDenial({ owner, client, at }: ClientDenial): Promise<void> {
    await this.#directory.update({
      key: blockKey(owner.sub, client.clientId),
      set: { denied_at: at },
      add: { denials: 1 },
      guard: {
        condition:
          'attribute_exists(#reported_at) AND #profile_id = :profile AND #registration_id = :registration AND (attribute_not_exists(#denied_at) OR #denied_at <= :at)',
        values: { profile: owner.profileId, registration: client.registrationId, at },
      },
      nonce: { attribute: 'changed_by', value: this.#entropy.id() },
    });
  }
}

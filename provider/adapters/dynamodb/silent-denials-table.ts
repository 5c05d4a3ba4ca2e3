import type { SilentDenials } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { blockKey, isBlocked } from './forms/block-form.ts';
import type { Table } from './table.ts';

/** Denials that nobody makes, counted in the block of the client in Directory. */
export class SilentDenialsTable implements SilentDenials {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async recordSilentDenial({
    owner,
    client,
    mark,
    at,
    before,
    now,
  }: Parameters<SilentDenials['recordSilentDenial']>[0]): Promise<void> {
    const marks = { silent_denials: new Set([mark]) };
    const isAnother = before > now;
    await this.#directory.update({
      key: blockKey(owner.sub, client.clientId),
      set: { denied_at: at, ...(!isAnother && { denied_before: before, ...marks }) },
      add: { denials: 1, ...(isAnother && marks) },
      // Of a denial that was taken back, the instant may lie ahead still.
      guard: isBlocked(
        { owner, client },
        `(attribute_not_exists(#denied_at) OR #denied_at <= :at OR attribute_not_exists(#silent_denials))`,
        { at },
      ),
      nonce: { attribute: 'changed_by', value: this.#entropy.id() },
    });
  }
}

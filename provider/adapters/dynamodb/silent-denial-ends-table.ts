import type { SilentDenial, SilentDenialEnds } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { blockKey, isBlocked } from './forms/block-form.ts';
import type { Table } from './table.ts';

/** Denials that nobody makes, as they are taken back, in the block of the client in Directory. */
export class SilentDenialEndsTable implements SilentDenialEnds {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  /** When the last mark goes, the denial before is the last one again. The others are denied at their instant. */
  async takeBack({ mark, ...by }: SilentDenial): Promise<void> {
    await this.#directory.update({
      key: blockKey(by.owner.sub, by.client.clientId),
      add: { denials: -1 },
      deleteFromSet: { silent_denials: new Set([mark]) },
      guard: isBlocked(by, 'contains(#silent_denials, :mark)', { mark }),
      nonce: { attribute: 'changed_by', value: this.#entropy.id() },
    });
  }
}

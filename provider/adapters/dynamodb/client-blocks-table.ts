import type { ClientBlock } from '../../core/person/client-block.ts';
import type { ClientBlockRecords, ClientDenial } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { type BlockForm, blockForm, blockKey } from './forms/block-form.ts';
import type { Guard } from './items.ts';
import type { Table } from './table.ts';

/** How often a denial is written, while others write the item as well. */
const WRITE_ROUNDS = 5;

/**
 * What the decisions of persons do to clients, in Directory: one item for a person and a client. `PeopleTable` reads it
 * together with the person. The functions that let nobody decide have parts of their own, because their bundles are small.
 */
export class ClientBlocksTable implements ClientBlockRecords {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async recordDenial(denial: ClientDenial): Promise<void> {
    await this.#write(denial.owner.sub, { ...blockOf(denial), denials: 1, deniedAt: denial.at });
  }

  async recordReport({
    requestId,
    isCounted,
    ...denial
  }: Parameters<ClientBlockRecords['recordReport']>[0]): Promise<void> {
    const counted = isCounted && { denials: 1, deniedAt: denial.at };
    await this.#write(denial.owner.sub, { ...blockOf(denial), report: { at: denial.at, requestId }, ...counted });
  }

  async endPause({ owner, clientId }: Parameters<ClientBlockRecords['endPause']>[0]): Promise<void> {
    await this.#directory.delete(blockKey(owner.sub, clientId), {
      guard: {
        condition: 'attribute_not_exists(#reported_at) AND #profile_id = :profile',
        values: { profile: owner.profileId },
      },
    });
  }

  /**
   * Adds a denial to the item of the same person and client, or replaces what is left over of former ones, which counts
   * for nothing.
   */
  async #write(sub: string, block: ClientBlock): Promise<void> {
    const { clientId, profileId, registrationId, denials } = block;
    const key = blockKey(sub, clientId);
    const values = { profile: profileId, registration: registrationId };
    const isSame: Guard = {
      condition: 'attribute_not_exists(pk) OR (#profile_id = :profile AND #registration_id = :registration)',
      values,
    };
    const isFormer: Guard = {
      condition: '#profile_id <> :profile OR #registration_id <> :registration',
      values,
    };
    const nonce = this.#nonce();
    for (let round = 1; round <= WRITE_ROUNDS; round += 1) {
      const set = blockForm(block);
      const added = await this.#directory.update<BlockForm>({
        key,
        set,
        // A denial that somebody makes takes the place of those that nobody makes.
        ...(denials > 0 && { add: { denials }, remove: ['denied_before', 'silent_denials'] }),
        guard: isSame,
        nonce,
      });
      if (added.written) return;
      const item = { ...key, ...set, ...(denials > 0 && { denials }) };
      const replaced = await this.#directory.put<BlockForm>(item, { guard: isFormer, nonce });
      if (replaced.written) return;
    }
    throw new Error('others changed the block at the same time');
  }

  #nonce() {
    return { attribute: 'changed_by', value: this.#entropy.id() };
  }
}

function blockOf({ owner: { profileId }, client: { clientId, registrationId } }: ClientDenial): ClientBlock {
  return { clientId, registrationId, profileId, denials: 0, deniedAt: 0 };
}

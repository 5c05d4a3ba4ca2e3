import type { SilentDenial, SilentDenials } from '../../flows/person/ports.ts';
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
      guard: {
        // Of a denial that was taken back, the instant may lie ahead still.
        condition: `${IS_BLOCKED} AND (attribute_not_exists(#denied_at) OR #denied_at <= :at OR attribute_not_exists(#silent_denials))`,
        values: { ...blockedBy({ owner, client }), at },
      },
      nonce: this.#nonce(),
    });
  }

  /** When the last mark goes, the denial before is the last one again. The others are denied at their instant. */
  async takeBackSilentDenial({ owner, client, mark }: SilentDenial): Promise<void> {
    await this.#directory.update({
      key: blockKey(owner.sub, client.clientId),
      add: { denials: -1 },
      deleteFromSet: { silent_denials: new Set([mark]) },
      guard: {
        condition: `${IS_BLOCKED} AND contains(#silent_denials, :mark)`,
        values: { ...blockedBy({ owner, client }), mark },
      },
      nonce: this.#nonce(),
    });
  }

  #nonce() {
    return { attribute: 'changed_by', value: this.#entropy.id() };
  }
}

const IS_BLOCKED = 'attribute_exists(#reported_at) AND #profile_id = :profile AND #registration_id = :registration';

function blockedBy({ owner, client }: Pick<SilentDenial, 'owner' | 'client'>) {
  return { profile: owner.profileId, registration: client.registrationId };
}

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

  async recordSilentDenial({
    owner,
    client,
    at,
    before,
    now,
  }: Parameters<SilentDenials['recordSilentDenial']>[0]): Promise<void> {
    const isAnother = before > now;
    await this.#directory.update({
      key: blockKey(owner.sub, client.clientId),
      set: { denied_at: at, ...(!isAnother && { denied_before: before, waiting: 1 }) },
      add: { denials: 1, ...(isAnother && { waiting: 1 }) },
      guard: {
        condition: `${IS_BLOCKED} AND (attribute_not_exists(#denied_at) OR #denied_at <= :at)`,
        values: { ...blockedBy({ owner, client }), at },
      },
      nonce: this.#nonce(),
    });
  }

  /** The last request that waits brings the denial before back. If others wait, they are still denied at the instant. */
  async takeBackSilentDenial({ owner, client, at }: ClientDenial): Promise<void> {
    const key = blockKey(owner.sub, client.clientId);
    const values = { ...blockedBy({ owner, client }), at, one: 1 };
    const add = { denials: -1, waiting: -1 };
    const last = await this.#directory.update({
      key,
      compute: ['#denied_at = #denied_before'],
      add,
      guard: {
        condition: `${IS_BLOCKED} AND #denied_at = :at AND #waiting <= :one AND attribute_exists(#denied_before)`,
        values,
      },
      nonce: this.#nonce(),
    });
    if (last.written) return;
    await this.#directory.update({
      key,
      add,
      guard: { condition: `${IS_BLOCKED} AND #denied_at = :at AND #waiting > :one`, values },
      nonce: this.#nonce(),
    });
  }

  #nonce() {
    return { attribute: 'changed_by', value: this.#entropy.id() };
  }
}

const IS_BLOCKED = 'attribute_exists(#reported_at) AND #profile_id = :profile AND #registration_id = :registration';

function blockedBy({ owner, client }: Pick<ClientDenial, 'owner' | 'client'>) {
  return { profile: owner.profileId, registration: client.registrationId };
}

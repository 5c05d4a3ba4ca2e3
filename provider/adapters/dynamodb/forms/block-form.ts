import type { Registration } from '../../../core/client/client.ts';
import type { ClientBlock } from '../../../core/person/client-block.ts';
import type { Owner } from '../../../core/person/user.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Guard, Key, Stored } from '../items.ts';
import { userPartition } from './user-form.ts';

// The stored form of what a person's denials did to a client, in Directory, beside the person's devices.

/** A block, a pause, or both. It is a block while it has `reported_at`. */
export type BlockForm = {
  readonly registration_id: string;
  readonly profile_id: string;
  readonly reported_at?: number | undefined;
  readonly request_id?: string | undefined;
  readonly denials?: number | undefined;
  readonly denied_at?: number | undefined;
  /**
   * While `denied_at` lies ahead: the denial before, and the marks of the requests that are denied then. A mark goes when
   * its denial is taken back. Without any, the denial before is the last one.
   */
  readonly denied_before?: number | undefined;
  readonly silent_denials?: ReadonlySet<string> | undefined;
  /** The nonce of the last write. */
  readonly changed_by?: string | undefined;
};

/** The prefix of the sort keys of blocks. */
const BLOCK_PREFIX = 'BLOCK#';

export const blockKey = (sub: string, clientId: string): Key<BlockForm> => ({
  pk: userPartition(sub),
  sk: `${BLOCK_PREFIX}${clientId}`,
});

/** Returns the attributes of a block, without its count of denials. */
export function blockForm({
  clientId: _,
  registrationId,
  profileId,
  report,
  denials: __,
  deniedAt,
  ...more
}: ClientBlock) {
  more satisfies Nothing;
  const form = { registration_id: registrationId, profile_id: profileId };
  const denied = deniedAt > 0 && { denied_at: deniedAt };
  return { ...form, ...denied, ...(report && reportForm(report)) };
}

function reportForm({ at, requestId, ...unstored }: NonNullable<ClientBlock['report']>) {
  unstored satisfies Nothing;
  return { reported_at: at, request_id: requestId };
}

/** Returns the client that a sort key names. */
export const blockedClientFrom = (sk: string): string => sk.slice(BLOCK_PREFIX.length);

export function blockFrom(item: Stored<BlockForm>): Whole<ClientBlock> {
  const { reported_at: at, request_id: requestId, denied_at = 0, denied_before = denied_at, silent_denials } = item;
  return {
    clientId: blockedClientFrom(item.sk),
    registrationId: item.registration_id,
    profileId: item.profile_id,
    report: at !== undefined && requestId !== undefined ? { at, requestId } : undefined,
    denials: item.denials ?? 0,
    deniedAt: silent_denials ? denied_at : denied_before,
  };
}

export function isBlock(item: Stored<unknown>): item is Stored<BlockForm> {
  return item.sk.startsWith(BLOCK_PREFIX);
}

/** Returns the guard that the client is blocked for this person, and what else it needs. */
export function isBlocked(
  { owner, client }: { readonly owner: Owner; readonly client: Registration },
  condition: string,
  values: Readonly<Record<string, unknown>>,
): Guard {
  return {
    condition: `attribute_exists(#reported_at) AND #profile_id = :profile AND #registration_id = :registration AND ${condition}`,
    values: { ...values, profile: owner.profileId, registration: client.registrationId },
  };
}

import type { EvidenceKey } from '../../../core/person/evidence-key.ts';
import type { Owner } from '../../../core/person/user.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of evidence keys, in Directory. They have a partition key of their own, so that only the functions
// that seal, and the one that erases, can touch them.

export type EvidenceKeyForm = {
  readonly profile_id: string;
  readonly key: string;
  readonly made_at: number;
  readonly made_by?: string | undefined;
};

export const evidenceKeyPartition = (sub: string): string => `EVIDENCEKEY#${sub}`;
/** The key of the item that is read together with a request, before the profile is known. */
export const evidenceKeyKey = (sub: string): Key<EvidenceKeyForm> => ({
  pk: evidenceKeyPartition(sub),
  sk: 'EVIDENCEKEY',
});
/** The key of the item to which the evidence key of an earlier person with the subject is moved. */
export const formerEvidenceKeyKey = ({ sub, profileId }: Owner): Key<EvidenceKeyForm> => ({
  pk: evidenceKeyPartition(sub),
  sk: `PROFILE#${profileId}`,
});

export function evidenceKeyForm({ profileId, key, madeAt, ...unstored }: EvidenceKey): EvidenceKeyForm {
  unstored satisfies Nothing;
  return { profile_id: profileId, key, made_at: madeAt };
}

export function evidenceKeyFrom(item: Stored<EvidenceKeyForm>): Whole<EvidenceKey> {
  return { profileId: item.profile_id, key: item.key, madeAt: item.made_at };
}

export function isEvidenceKey(item: Stored<unknown>): item is Stored<EvidenceKeyForm> {
  return item.pk.startsWith(evidenceKeyPartition(''));
}

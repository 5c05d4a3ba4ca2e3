import type { KeptRecords } from '../../core/person/kept-records.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { KeptEvidenceKeys, PersonRecords } from './ports.ts';

/** What these flows need. */
export type ExportUserPorts = AuditedPorts & {
  readonly personRecords: Pick<PersonRecords, 'read'>;
  readonly evidenceKeys: Pick<KeptEvidenceKeys, 'list'>;
};
/** Everything that the tables hold of a subject. `exported_at` is when they were read. */
export type UserExport = { readonly sub: string; readonly exported_at: number } & KeptRecords;
/** The evidence keys of a subject, each with the profile whose decisions it opens. */
export type EvidenceKeysView = {
  readonly evidence_keys: readonly { readonly profile_id: string; readonly made_at: number; readonly key: string }[];
};

const NO_USER = refuse({ reason: 'not_found', what: 'user' });

/**
 * Returns everything that is kept of a person. Requests of an earlier person with the subject are left out, unless there
 * is nobody else. It tells an operator a lot about them, so the audit trail has who read it before it is answered.
 */
export async function exportUser(ports: ExportUserPorts, sub: string, by: string): Promise<Result<UserExport>> {
  const kept = await ports.personRecords.read(sub);
  if (!kept) return NO_USER;
  const { profile } = kept;
  const requests = kept.requests.filter((one) => (profile?.profile_id ?? one.profile_id) === one.profile_id);
  const value = { sub, exported_at: ports.clock(), ...kept, requests };
  return auditedChange(ports, { event: { event: 'user_exported', sub, by } }, async () => ok(value));
}

/**
 * Returns the keys that open the evidence of a person's decisions. The audit trail has who read them before they are
 * answered.
 */
export async function readEvidenceKeys(
  ports: ExportUserPorts,
  sub: string,
  by: string,
): Promise<Result<EvidenceKeysView>> {
  const keys = await ports.evidenceKeys.list(sub);
  if (keys.length === 0) return refuse({ reason: 'not_found', what: 'evidence key' });
  const views = keys.map(({ profileId, madeAt, key }) => ({ profile_id: profileId, made_at: madeAt, key }));
  const event = { event: 'evidence_keys_read', sub, by } as const;
  return auditedChange(ports, { event }, async () => ok({ evidence_keys: views }));
}

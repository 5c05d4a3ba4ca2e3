import type { KeptRecords } from '../../core/person/kept-records.ts';
import { UNFINISHED_SECONDS } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Devices, PushEndpoints } from '../device/ports.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { KeptEvidenceKeys, PersonRecords } from './ports.ts';

/** What this flow needs. */
export type EraseUserPorts = AuditedPorts & {
  readonly devices: Pick<Devices, 'listOf' | 'remove'>;
  readonly endpoints: Pick<PushEndpoints, 'release'>;
  readonly personRecords: PersonRecords;
  readonly evidenceKeys: Pick<KeptEvidenceKeys, 'erase'>;
};

/**
 * Erases everything that is kept of a person, and the key that opens the evidence of their decisions. The user is
 * blocked first. Then goes what nothing leads to, and last the profile, which leads to the rest. So a call that broke
 * off leaves a blocked user, and a repeated call finishes it. If there is no profile, what earlier persons with the
 * subject left is erased; as long as there is one, their evidence keys stay. Whoever gets the subject while the call
 * goes on loses nothing. Without a record in the audit trail nothing is erased, because what was proven could vanish
 * unnoticed.
 */
export async function eraseUser(ports: EraseUserPorts, sub: string, by: string): Promise<Result<true>> {
  const [kept, stored] = await Promise.all([ports.personRecords.read(sub), ports.devices.listOf(sub)]);
  if (!kept) return refuse({ reason: 'not_found', what: 'user' });
  const profileId = kept.profile?.profile_id;
  const of = { sub, profileIds: profileId === undefined ? profilesIn(kept, ports.clock()) : [profileId] };
  return auditedChange(ports, { event: { event: 'user_erased', ...of, by } }, async () => {
    const { personRecords, devices, endpoints } = ports;
    const user = profileId === undefined ? undefined : await personRecords.close({ sub, profileId });
    for (const device of user ? await devices.listOf(sub) : stored) {
      // The device leads to its endpoint, so the endpoint goes first.
      await endpoints.release(device);
      await devices.remove(device);
    }
    await personRecords.eraseRequests(of);
    await personRecords.eraseRateWindows(sub);
    await personRecords.eraseBlocksAndUserCode(of);
    await ports.evidenceKeys.erase(of);
    await personRecords.eraseEntries(of);
    if (user) await personRecords.eraseProfile(user);
    return ok(true);
  });
}

/**
 * The profiles of all persons of whom something is left. A young entry in the list may be of a user who is being
 * created. If it were deleted, that user would be in no list.
 */
function profilesIn(kept: KeptRecords, now: number): readonly string[] {
  const { requests, blocks, evidence_keys, listed, user_code } = kept;
  const abandoned = listed.filter(({ put_at }) => put_at <= now - UNFINISHED_SECONDS);
  return [
    ...new Set(
      [...requests, ...blocks, ...evidence_keys, ...abandoned, ...(user_code ? [user_code] : [])].map(
        ({ profile_id }) => profile_id,
      ),
    ),
  ];
}

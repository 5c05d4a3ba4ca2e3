import type { AuditEvent } from '../../../core/operating/audit-event.ts';
import type { EvidenceKey } from '../../../core/person/evidence-key.ts';
import type { User } from '../../../core/person/user.ts';
import type { AuthenticatedDevice } from '../../device/authenticate-device.ts';
import type { EvidenceKeys, EvidenceSeal } from '../../person/ports.ts';
import { type FindUserPorts, findUserWithDevices } from '../../person/user-with-devices.ts';
import type { Clock } from '../../ports.ts';
import type { StoredDetails } from '../ports.ts';

/** What these steps need. */
export type EvidencePorts = FindUserPorts & {
  readonly evidenceKeys: EvidenceKeys;
  readonly evidenceSeal: EvidenceSeal;
  readonly clock: Clock;
};

/**
 * Returns the key of the person, which was read together with the request. It is made now if they have none, or if it
 * is that of an earlier person with the subject. A person who is erased at the same time may have lost their key before
 * this one was made, so the user is read once more: nothing is sealed with a key that outlives an erasure.
 */
export async function evidenceKeyOf(
  ports: EvidencePorts,
  user: User,
  read: EvidenceKey | undefined,
): Promise<EvidenceKey | undefined> {
  if (read?.profileId === user.profileId) return read;
  const made = await ports.evidenceKeys.claim(user, ports.clock());
  const owner = await findUserWithDevices(ports, user.sub);
  const isStillTheirs = owner?.user.profileId === user.profileId && owner.user.status !== 'blocked';
  return isStillTheirs ? made : undefined;
}

/** Seals what proves the decision with the key of the person. */
export function sealEvidence(
  { evidenceSeal }: EvidencePorts,
  { requestId, by }: { readonly requestId: string; readonly by: AuthenticatedDevice },
  { response, details, key }: { response: string; details: StoredDetails; key: EvidenceKey },
): AuditEvent {
  const { deviceId, proof } = by.device;
  const { sub, profileId } = by.user;
  const shown = Buffer.from(details.bytes).toString('base64url');
  const record = { requestId, sub, profileId, deviceId };
  const signer =
    by.signedBy === 'verification' && proof.verificationKey
      ? ({ publicKey: proof.verificationKey, proof: 'verification_key' } as const)
      : { publicKey: proof.publicKey };
  const evidence = { response, details: shown, ...signer };
  const { clientId } = details.asked;
  const sealed = evidenceSeal.seal(evidence, { key, record });
  return { event: 'decision_evidence', ...record, clientId, sealed };
}

import type { EvidenceProof } from '../deciding/evidence.ts';
import type { PublicJwk } from '../keys/jwk.ts';

/**
 * The key that seals the evidence of one person's decisions in the audit trail. It is bound to the profile: a later
 * person with the same subject has another key. Once it is deleted, nobody can open the evidence.
 */
export type EvidenceKey = {
  readonly profileId: string;
  /** 256 random bits in base64url. */
  readonly key: string;
  readonly madeAt: number;
};

/** What proves a decision, and may say something about the person. It is sealed before it is stored. */
export type DecisionEvidence = {
  /** The compact JWS that the phone signed. */
  readonly response: string;
  /** The bytes that were shown, in base64url. */
  readonly details: string;
  /** The public half of the key that signed. */
  readonly publicKey: PublicJwk;
  /** Which key of the device that is. Absent for the possession key. */
  readonly proof?: EvidenceProof | undefined;
};

/** The record that sealed evidence is in, as far as it says whose answer to which request it is. */
export type EvidenceRecord = {
  readonly requestId: string;
  readonly sub: string;
  readonly profileId: string;
  readonly deviceId: string;
};

/**
 * Returns the text that is authenticated together with sealed evidence (the associated data of AES-GCM). So evidence
 * can't be opened in the record of another request, person or device.
 */
export function evidenceContext({ requestId, sub, profileId, deviceId }: EvidenceRecord): string {
  return JSON.stringify(['ciba-evidence', 1, requestId, sub, profileId, deviceId]);
}

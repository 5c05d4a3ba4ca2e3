import { createDecipheriv } from 'node:crypto';

/** What a record of the audit trail says about the evidence that it holds. */
export type SealedRecord = Readonly<
  Record<'event' | 'requestId' | 'sub' | 'profileId' | 'deviceId' | 'sealed' | 'change', string>
>;
/** What was sealed. */
export type OpenedEvidence = {
  readonly response: string;
  readonly details: string;
  readonly publicKey: object;
  readonly proof?: string;
};

/** Opens sealed evidence as docs/storage.md describes it. Throws if the key is another, or anything was changed. */
export function openEvidence(record: SealedRecord, key: string): OpenedEvidence {
  const { requestId, sub, profileId, deviceId } = record;
  const sealed = Buffer.from(record.sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), sealed.subarray(0, 12));
  decipher.setAAD(Buffer.from(JSON.stringify(['ciba-evidence', 1, requestId, sub, profileId, deviceId])));
  decipher.setAuthTag(sealed.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString());
}

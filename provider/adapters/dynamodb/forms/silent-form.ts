import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { SilentlyAsked } from '../../../core/asking/silent-denial.ts';
import type { Key } from '../items.ts';
import { detailsKey } from './request-form.ts';

// The stored form of what the request of a reported client opened, in Transactions. It is sealed by AES-256-GCM under a
// key that is made of the `auth_req_id`: 256 random bits, which nothing else is derived from but the request id, by a
// hash. One key seals one text. The sealed bytes are nonce, ciphertext and tag.

/** It stands where the details of another request are. */
export type SilentForm = { readonly sealed: Uint8Array; readonly ttl: number };

export const silentKey = (sub: string, requestId: string): Key<SilentForm> => {
  const { pk, sk } = detailsKey(sub, requestId);
  return { pk, sk };
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (authReqId: string): Buffer => createHmac('sha256', authReqId).update('ciba-withdrawal').digest();

/** Seals what the request of a reported client opened. */
export function sealSilentlyAsked(asked: SilentlyAsked, authReqId: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(authReqId), nonce);
  return Buffer.concat([nonce, cipher.update(JSON.stringify(asked)), cipher.final(), cipher.getAuthTag()]);
}

/** Opens it. Throws if it was sealed under another `auth_req_id`. */
export function openSilentlyAsked(sealed: Uint8Array, authReqId: string): SilentlyAsked {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(authReqId), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString());
}

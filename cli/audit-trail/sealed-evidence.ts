import { createDecipheriv } from 'node:crypto';
import { type EvidenceRecord, evidenceContext } from '../../provider/core/person/evidence-key.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import { openEvidence, type SignedEvidence, type TrailRecord } from './trail-record.ts';

/**
 * Returns the records, with the evidence of those that could be opened. One that could not is `unopened`, with the
 * reason: there is `no key` of its profile, or its key does not fit, so the record was `changed`.
 */
export type Unseal = (records: readonly TrailRecord[]) => Promise<readonly TrailRecord[]>;

/** Finds the evidence keys of a user, and of earlier persons with the same subject. */
export type FindKeys = (sub: string) => Promise<readonly { readonly profile_id: string; readonly key: string }[]>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Opens evidence with the keys of its users. It asks once for each user, and only if there is something to open. */
export function unsealWith(findKeys: FindKeys): Unseal {
  const asked = new Map<string, ReturnType<FindKeys>>();
  const keysOf = (sub: string) => {
    const keys = asked.get(sub) ?? findKeys(sub);
    asked.set(sub, keys);
    return keys;
  };
  return (records) =>
    Promise.all(
      records.map(async (record) => {
        const context = contextOf(record);
        const { sealed } = record;
        if (!context || typeof sealed !== 'string') return record;
        const own = (await keysOf(context.sub)).find((one) => one.profile_id === context.profileId);
        if (!own) return { ...record, unopened: 'no key' };
        return { ...record, ...(open(sealed, own.key, context) ?? { unopened: 'changed' }) };
      }),
    );
}

/** Finds keys by the admin API. */
export function evidenceKeysFrom(api: AdminApi): FindKeys {
  return async (sub) => {
    const found = await api.find('GET /admin/users/{sub}/evidence-keys', { parameters: { sub } });
    return found?.body.evidence_keys ?? [];
  };
}

function contextOf({ requestId, sub, profileId, deviceId }: TrailRecord): EvidenceRecord | undefined {
  if (requestId === undefined || sub === undefined) return undefined;
  if (typeof profileId !== 'string' || typeof deviceId !== 'string') return undefined;
  return { requestId, sub, profileId, deviceId };
}

/** Returns what was sealed. Undefined if the key is another, or if anything was changed. */
function open(text: string, key: string, context: EvidenceRecord): SignedEvidence | undefined {
  const sealed = Buffer.from(text, 'base64url');
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const options = { authTagLength: TAG_BYTES };
  try {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), nonce, options);
    decipher.setAAD(Buffer.from(evidenceContext(context)));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return openEvidence(parseJsonObject(opened.toString()));
  } catch {
    return undefined;
  }
}

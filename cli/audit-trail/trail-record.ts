import * as v from 'valibot';
import { EVIDENCE_PROOFS } from '../../provider/core/deciding/evidence.ts';
import { txnOf } from '../../provider/core/digest.ts';
import { parseJsonObject } from '../command-line/json-object.ts';

const record = v.looseObject({
  event: v.string(),
  /** Epoch seconds. */
  at: v.number(),
  /** The same in the stored record and in its copy. Records of earlier versions have none. */
  id: v.optional(v.string()),
  /** What intention and outcome of one change share. */
  change: v.optional(v.string()),
  phase: v.optional(v.string()),
  sub: v.optional(v.string()),
  clientId: v.optional(v.string()),
  requestId: v.optional(v.string()),
  by: v.optional(v.string()),
});

/** A record of the audit trail, as far as the command reads it. Other members are kept. */
export type TrailRecord = Readonly<v.InferOutput<typeof record>>;

/**
 * Parses a line of the trail: a stored record, or the log line that is its copy. Returns undefined if it is neither.
 */
export function parseTrailLine(line: string): TrailRecord | undefined {
  const value = parseJsonObject(line);
  const isCopy = value?.['message'] === 'audit' && value['event'] === undefined;
  const parsed = v.safeParse(record, isCopy ? value['audit'] : value);
  return parsed.success ? parsed.output : undefined;
}

/** Returns the short name of the request that a record is about, or undefined if it is about none. */
export function txnIn({ requestId }: TrailRecord): string | undefined {
  return requestId === undefined ? undefined : txnOf(requestId);
}

const signedEvidence = v.object({
  /** Which key of the device signed. Absent for the possession key. */
  proof: v.optional(v.picklist(EVIDENCE_PROOFS)),
  response: v.string(),
  details: v.string(),
  publicKey: v.object({
    kty: v.string(),
    crv: v.optional(v.string()),
    x: v.optional(v.string()),
    y: v.optional(v.string()),
    n: v.optional(v.string()),
    e: v.optional(v.string()),
  }),
});
/** What the trail keeps of an answer: what the device signed, the bytes that it showed, and its public key. */
export type SignedEvidence = Readonly<v.InferOutput<typeof signedEvidence>>;

/**
 * Reads the evidence of a record that was opened, or of what was sealed in it. Returns undefined if it has none, as a
 * copy. Nothing else reads these members.
 */
export function openEvidence(opened: unknown): SignedEvidence | undefined {
  const parsed = v.safeParse(signedEvidence, opened);
  return parsed.success ? parsed.output : undefined;
}

/** Returns a record without its evidence, which is large. The client of evidence that is not sealed is in its bytes. */
export function withoutEvidence(whole: TrailRecord): TrailRecord {
  if (whole.event !== 'decision_evidence') return whole;
  const { response, details, publicKey, proof, sealed, ...rest } = whole;
  const shown = typeof details === 'string' ? parseJsonObject(Buffer.from(details, 'base64url').toString()) : undefined;
  const clientId = rest.clientId ?? shown?.['client_id'];
  return { ...rest, ...(typeof clientId === 'string' && { clientId }) };
}

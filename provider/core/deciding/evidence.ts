import { sha256 } from '../digest.ts';
import type { PublicJwk } from '../keys/jwk.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import type { Whole } from '../whole.ts';

/**
 * The kind of proof: a JWS under the key of a device, or under its second key, which verifies the user. A device with
 * one key has `device_key` alone.
 */
export const EVIDENCE_PROOFS = ['device_key', 'verification_key'] as const;
/** One of {@link EVIDENCE_PROOFS}. */
export type EvidenceProof = (typeof EVIDENCE_PROOFS)[number];

/** What one device signed, with what is needed to verify it. Also a denial is one. */
export type EvidenceApproval = {
  readonly proof: EvidenceProof;
  /** Epoch seconds, by the provider's clock. The signature does not cover it. */
  readonly recorded_at: number;
  readonly sub: string;
  readonly device_id: string;
  /** The answer as the device signed it, a compact JWS. */
  readonly response: string;
  /** The bytes that the device showed, in base64url. */
  readonly details: string;
  readonly public_key: PublicJwk;
};

/**
 * What became of the decision, as the provider recorded it. No signature covers it. `outcome` is `recorded`, or
 * `recorded_before` if the trail has only the outcome of a repetition of the same answer.
 */
export type EvidenceOutcome = {
  readonly recorded_at: number;
  readonly outcome: string;
  readonly decision: string;
  readonly reason?: string | undefined;
};

/** One decision, with all that is needed to check it offline (docs/evidence.md). Version 1 has one approval. */
export type Evidence = {
  readonly version: 1;
  readonly txn: string;
  readonly request_id: string;
  readonly approvals: readonly EvidenceApproval[];
  readonly outcome: EvidenceOutcome;
};

type Members = Readonly<Record<string, unknown>>;

/**
 * Writes the one form that a document has: this order of members, two spaces, a newline at the end, and the SHA-256 of
 * the same text without the member `sha256`. So a change of any byte is noticed. Anyone can compute the checksum anew:
 * it shows damage, it does not show who wrote the file.
 */
export function writeEvidence(evidence: Evidence): string {
  return withChecksum(evidence, checksumOf(evidence));
}

/** Writes the form of a document with any checksum. */
export function withChecksum(evidence: Evidence, checksum: string): string {
  return asText({ ...inOrder(evidence), sha256: checksum });
}

/** Returns the checksum that a document should have. */
export function checksumOf(evidence: Evidence): string {
  return sha256(asText(inOrder(evidence)));
}

/** Returns the checksum that a document has. */
export function checksumIn(text: string): string | undefined {
  const checksum = parsed(text)['sha256'];
  return typeof checksum === 'string' ? checksum : undefined;
}

/** Reads a document. Returns undefined if it lacks a member, or if one has a wrong type. */
export function readEvidence(text: string): Evidence | undefined {
  const document = parsed(text);
  const { txn, request_id, approvals } = document;
  const outcome = readOutcome(document['outcome']);
  if (document['version'] !== 1 || typeof txn !== 'string' || typeof request_id !== 'string') return undefined;
  if (!outcome || !Array.isArray(approvals) || approvals.length === 0) return undefined;
  const read = approvals.flatMap((approval) => readApproval(approval) ?? []);
  return read.length === approvals.length ? { version: 1, txn, request_id, approvals: read, outcome } : undefined;
}

function asText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function inOrder({ version, txn, request_id, approvals, outcome }: Evidence): Evidence {
  const { recorded_at, outcome: recorded, decision, reason } = outcome;
  return {
    version,
    txn,
    request_id,
    approvals: approvals.map(approvalInOrder),
    outcome: { recorded_at, outcome: recorded, decision, reason } satisfies Whole<EvidenceOutcome>,
  };
}

function approvalInOrder(approval: EvidenceApproval): EvidenceApproval {
  const { proof, recorded_at, sub, device_id, response, details, public_key } = approval;
  const { kty, crv, x, y, n, e } = public_key;
  return { proof, recorded_at, sub, device_id, response, details, public_key: { kty, crv, x, y, n, e } };
}

function readApproval(value: unknown): EvidenceApproval | undefined {
  const { proof: named, recorded_at, sub, device_id, response, details, public_key } = membersOf(value);
  const proof = EVIDENCE_PROOFS.find((known) => known === named);
  const key = parsePublicKey(public_key);
  if (proof === undefined || !isInstant(recorded_at) || !key.ok) return undefined;
  if (typeof sub !== 'string' || typeof device_id !== 'string') return undefined;
  if (typeof response !== 'string' || typeof details !== 'string') return undefined;
  return { proof, recorded_at, sub, device_id, response, details, public_key: key.value };
}

function readOutcome(value: unknown): EvidenceOutcome | undefined {
  const { recorded_at, outcome, decision, reason } = membersOf(value);
  if (!isInstant(recorded_at) || typeof outcome !== 'string' || typeof decision !== 'string') return undefined;
  if (reason !== undefined && typeof reason !== 'string') return undefined;
  return { recorded_at, outcome, decision, reason };
}

function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function membersOf(value: unknown): Members {
  return { ...Object(value) };
}

function parsed(text: string): Members {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return {};
  }
}

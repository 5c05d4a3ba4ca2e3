import { type Claims, DEVICE_TOKEN_TYPES, isPinnedAlgorithm } from '../device/device-token.ts';
import { txnOf } from '../digest.ts';
import { namesIssuer } from '../issuer.ts';
import type { PublicJwk } from '../keys/jwk.ts';
import { algorithmOf, type DeviceAlgorithm } from '../keys/public-key.ts';
import { checkDeviceResponse, type DeviceResponse } from './device-response.ts';
import {
  checksumIn,
  checksumOf,
  type Evidence,
  type EvidenceApproval,
  readEvidence,
  withChecksum,
} from './evidence.ts';
import { hashDetails, readShownClasses } from './shown-details.ts';
import { checkVerification } from './verification.ts';

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The checks of a document, in their order, by name. */
export const EVIDENCE_CHECKS = {
  form: 'the file has the form of version 1, to the byte',
  checksum: 'the checksum is that of the file',
  txn: 'txn belongs to the request id',
  key: 'the key is the one that you expect',
  signature: 'the answer is signed with the key in the file, by the algorithm of this kind of key',
  type: 'what is signed is an answer to a request, and nothing else that a device signs',
  signer: 'the answer names the user and the device in the file',
  answer: 'the answer is for this request and for the bytes in the file',
  shown: 'the bytes name the same request and user',
  verified: 'the approval reached one of the classes that the bytes ask for, under the key that it needs',
  issuer: 'the answer and the bytes name the same provider',
  outcome: 'the recorded outcome is what was signed',
} as const;

/** A check, and whether it holds. A check that needs one that failed is left out. */
export type EvidenceCheck = { readonly check: keyof typeof EVIDENCE_CHECKS; readonly holds: boolean };

/** What a document is checked with. */
export type EvidenceExpectation = {
  /** Verifies a compact JWS under a key and one algorithm. */
  readonly verifies: (jws: string, key: PublicJwk, algorithm: DeviceAlgorithm) => boolean;
  /**
   * The issuers that the provider has or had. If there are none, the answer must name the issuer in the bytes that were
   * shown.
   */
  readonly issuers?: readonly string[] | undefined;
  /** Whether the key is one that the reader knows from elsewhere. */
  readonly isExpectedKey?: ((key: PublicJwk) => boolean) | undefined;
};

/** A checked document. `evidence` is absent if it cannot be read. */
export type CheckedEvidence = { readonly checks: readonly EvidenceCheck[]; readonly evidence?: Evidence };

/** What an approval says, decoded. Nothing is verified yet. */
export type DecodedApproval = { readonly header: Claims; readonly claims: Claims; readonly shown: Claims };

/**
 * Checks a document of evidence from its bytes alone, without the provider. What it says of the outcome, of times and
 * of whose key it is, no signature covers: only the store of the audit trail shows that (docs/evidence.md).
 */
export function checkEvidence(bytes: Uint8Array, expected: EvidenceExpectation): CheckedEvidence {
  const text = textOf(bytes);
  const evidence = readEvidence(text);
  const checksum = checksumIn(text);
  if (!evidence || checksum === undefined || text !== withChecksum(evidence, checksum))
    return { checks: [{ check: 'form', holds: false }] };
  const checks: readonly EvidenceCheck[] = [
    { check: 'form', holds: true },
    { check: 'checksum', holds: checksum === checksumOf(evidence) },
    { check: 'txn', holds: evidence.txn === txnOf(evidence.request_id) },
    ...evidence.approvals.flatMap((approval) => checkApproval(approval, evidence, expected)),
  ];
  return { checks, evidence };
}

/** Whether every check holds. */
export function isProven({ checks }: CheckedEvidence): boolean {
  return checks.every(({ holds }) => holds);
}

/** Decodes what was signed and what was shown. Returns undefined if it is malformed. Nothing is verified here. */
export function decodeApproval({ response, details }: EvidenceApproval): DecodedApproval | undefined {
  if (!COMPACT_JWS.test(response) || !BASE64URL.test(details)) return undefined;
  const [header, claims] = response.split('.').map(objectIn);
  const shown = objectIn(details);
  return header && claims && shown ? { header, claims, shown } : undefined;
}

function checkApproval(
  approval: EvidenceApproval,
  { request_id: requestId, outcome }: Evidence,
  { verifies, issuers = [], isExpectedKey }: EvidenceExpectation,
): readonly EvidenceCheck[] {
  const { public_key: key, sub, device_id, response, details } = approval;
  const algorithm = algorithmOf(key);
  const decoded = decodeApproval(approval);
  if (!decoded) return [{ check: 'signature', holds: false }];
  const { header, claims, shown } = decoded;
  const answer = checkDeviceResponse(claims, { requestId, detailsHash: hashDetails(bytesOf(details)) });
  const decided = answer.ok ? answer.value : undefined;
  const names = issuers.length > 0 ? issuers : [shown['issuer']];
  const isPinned = isPinnedAlgorithm(header, algorithm) && header['crit'] === undefined && header['b64'] === undefined;
  return [
    ...(isExpectedKey ? [{ check: 'key', holds: isExpectedKey(key) } as const] : []),
    { check: 'signature', holds: isPinned && verifies(response, key, algorithm) },
    { check: 'type', holds: header['typ'] === DEVICE_TOKEN_TYPES.response },
    { check: 'signer', holds: claims['iss'] === device_id && claims['sub'] === sub },
    { check: 'answer', holds: answer.ok },
    { check: 'shown', holds: shown['request_id'] === requestId && shown['sub'] === sub },
    ...(shown['acr_values'] === undefined
      ? []
      : [
          {
            check: 'verified',
            holds: decided !== undefined && isVerified(decided, approval, shown['acr_values']),
          } as const,
        ]),
    { check: 'issuer', holds: [claims['aud'], shown['issuer']].every((name) => isOneOf(name, names)) },
    {
      check: 'outcome',
      holds:
        /^recorded(_before)?$/.test(outcome.outcome) &&
        decided?.decision === outcome.decision &&
        decided.reason === outcome.reason,
    },
  ];
}

/** Whether an answer was verified as the bytes ask for, or denies. */
function isVerified(
  answer: DeviceResponse,
  { proof, public_key: publicKey }: EvidenceApproval,
  asked: unknown,
): boolean {
  const isSecond = proof === 'verification_key';
  const signed = {
    signedBy: isSecond ? 'verification' : 'possession',
    proof: { kind: 'device-jws', publicKey, verificationKey: isSecond ? publicKey : undefined },
  } as const;
  return checkVerification(answer, signed, readShownClasses(asked)).ok;
}

/** Whether a name is one of the issuers, each with or without its final slash. */
function isOneOf(name: unknown, issuers: readonly unknown[]): boolean {
  return issuers.some(
    (issuer) =>
      typeof name === 'string' && typeof issuer === 'string' && namesIssuer(name, { issuer, previousIssuers: [] }),
  );
}

function bytesOf(base64url: string): Uint8Array {
  return Buffer.from(base64url, 'base64url');
}

/** Reads UTF-8. Bytes that are none make an empty text, which is no document. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

function objectIn(base64url: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  type CheckedEvidence,
  checkEvidence,
  decodeApproval,
  EVIDENCE_CHECKS,
  type EvidenceExpectation,
  isProven,
} from '../../provider/core/deciding/evidence-check.ts';
import type { PublicJwk } from '../../provider/core/keys/jwk.ts';
import type { Output } from '../command-line/command.ts';
import { fieldList, instant, plainLine } from '../command-line/text-layout.ts';

/** What the reader of a file knows from elsewhere. */
export type ReaderKnows = {
  /** The issuers that the provider has or had. */
  readonly issuers?: readonly string[] | undefined;
  /** The RFC 7638 thumbprint of the device's key. */
  readonly thumbprint?: string | undefined;
};

/** Checks a file of evidence. It needs nothing but the bytes: no network, no AWS account, no settings. */
export function checkEvidenceFile(bytes: Uint8Array, { issuers, thumbprint }: ReaderKnows = {}): CheckedEvidence {
  const isExpectedKey = thumbprint === undefined ? undefined : (key: PublicJwk) => thumbprintOf(key) === thumbprint;
  return checkEvidence(bytes, { verifies, issuers, isExpectedKey });
}

/** Tells each check, and what a good file proves. The exit code is 1 if one check fails. */
export function describeChecked(checked: CheckedEvidence): Output {
  const isGood = isProven(checked);
  const checks = checked.checks.map(({ check, holds }) => ({ check, holds, means: EVIDENCE_CHECKS[check] }));
  const lines = checks.map(({ holds, means }) => `${holds ? '✓' : '✗'} ${means}`);
  const facts = isGood ? factsOf(checked) : [];
  const verdict = isGood
    ? 'The device key signed this decision. Times, outcome and whose key it is are what the audit trail says.'
    : 'This file proves nothing.';
  return {
    json: JSON.stringify({ proven: isGood, checks, approvals: facts }),
    text: [...lines, '', ...facts.flatMap((fact) => [fieldList(fact), '']), verdict].join('\n'),
    failed: !isGood,
  };
}

/** Returns the facts of each approval in a file that was proven. */
function factsOf({ evidence }: CheckedEvidence): readonly Readonly<Record<string, unknown>>[] {
  return (evidence?.approvals ?? []).flatMap((approval) => {
    const decoded = decodeApproval(approval);
    if (!decoded) return [];
    const { claims, shown } = decoded;
    return {
      decision: claims['decision'],
      ...(claims['reason'] !== undefined && { reason: claims['reason'] }),
      user: approval.sub,
      device: approval.device_id,
      key: thumbprintOf(approval.public_key),
      provider: shown['issuer'],
      txn: evidence?.txn,
      signed:
        typeof claims['iat'] === 'number'
          ? `${instant(Math.floor(claims['iat']))}, by the clock of the device`
          : undefined,
      recorded: evidence && instant(evidence.outcome.recorded_at),
      shown: plainLine(JSON.stringify(shown)),
    };
  });
}

const verifies: EvidenceExpectation['verifies'] = (jws, jwk) => {
  const at = jws.lastIndexOf('.');
  try {
    const key = createPublicKey({
      key: Object.fromEntries(
        Object.entries(jwk).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      format: 'jwk',
    });
    const signature = Buffer.from(jws.slice(at + 1), 'base64url');
    // ES256 and RS256 are both over SHA-256. The kind of the key says which of the two it is.
    return verify('sha256', Buffer.from(jws.slice(0, at)), { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    // For example a point that is not on the curve.
    return false;
  }
};

/** Computes the thumbprint of a key (RFC 7638 §3). */
function thumbprintOf({ kty, crv, x, y, n, e }: PublicJwk): string {
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

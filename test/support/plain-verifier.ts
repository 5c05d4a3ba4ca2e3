import { createHash, createPublicKey, verify } from 'node:crypto';

// A verifier of evidence that shares no code with the project: docs/evidence.md and node:crypto are all it knows.

const sha256 = (data: string | Buffer) => createHash('sha256').update(data);
const base64url = (text: string) => Buffer.from(text, 'base64url');
const bare = (issuer: string) => issuer.replace(/\/$/, '');

/** Throws unless the bytes are evidence of one decision, exactly as it was exported. */
export function verifyEvidence(bytes: Buffer): void {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const { sha256: checksum, ...document } = JSON.parse(text);
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(what);
  };
  must(text === `${JSON.stringify({ ...document, sha256: checksum }, null, 2)}\n`, 'form');
  must(checksum === sha256(`${JSON.stringify(document, null, 2)}\n`).digest('base64url'), 'checksum');
  const { version, txn, request_id, approvals, outcome } = document;
  must(version === 1 && approvals.length > 0, 'version');
  must(txn === sha256(request_id).digest('hex').slice(0, 16), 'txn');
  for (const { proof, sub, device_id, response, details, public_key } of approvals) {
    const [header, claims, signature] = response.split('.');
    const { alg, typ, crit } = JSON.parse(base64url(header).toString());
    const key = createPublicKey({ key: public_key, format: 'jwk' });
    const isPinned = alg === (public_key.kty === 'EC' ? 'ES256' : 'RS256') && crit === undefined;
    const signed = Buffer.from(`${header}.${claims}`);
    const isSigned = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, base64url(signature));
    const bySecond = proof === 'verification_key';
    must((bySecond || proof === 'device_key') && isPinned && isSigned && typ === 'ciba-response+jwt', 'signature');
    const answer = JSON.parse(base64url(claims).toString());
    const shown = JSON.parse(base64url(details).toString());
    must(answer.iss === device_id && answer.sub === sub && shown.sub === sub, 'signer');
    must(answer.request_id === request_id && shown.request_id === request_id, 'request');
    must(answer.details_hash === sha256(base64url(details)).digest('base64url'), 'details');
    must(bare(answer.aud) === bare(shown.issuer), 'issuer');
    must(answer.decision === outcome.decision && answer.reason === outcome.reason, 'decision');
    const amr = [...(answer.amr ?? []), ...(bySecond ? ['user'] : [])];
    const reaches = (one: { amr: string[]; verification_key: boolean }) =>
      one.amr.some((method) => amr.includes(method)) && (bySecond || !one.verification_key);
    must(answer.decision === 'deny' || (shown.acr_values?.some(reaches) ?? true), 'verified');
    must(/^recorded(_before)?$/.test(outcome.outcome), 'outcome');
  }
}

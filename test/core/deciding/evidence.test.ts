import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Evidence, writeEvidence } from '../../../provider/core/deciding/evidence.ts';
import {
  checkEvidence,
  EVIDENCE_CHECKS,
  type EvidenceExpectation,
  isProven,
} from '../../../provider/core/deciding/evidence-check.ts';
import type { PublicJwk } from '../../../provider/core/keys/jwk.ts';
import { verifyEvidence } from '../../support/plain-verifier.ts';

type Different = Readonly<Record<string, unknown>>;
type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const requestId = createHash('sha256').update('auth-req-id').digest('base64url');
const ISSUER = 'https://login.example.com/';
const SHOWN = { issuer: ISSUER, client_id: 'bank', sub: 'anna', request_id: requestId, binding_message: 'Grüße 7' };
const BY_PIN = { acr: 'urn:example:pin', amr: ['pin'], verification_key: false };
const BY_SECOND_KEY = { acr: 'urn:example:verified', amr: ['user'], verification_key: true };
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwkOf = ({ publicKey }: Pair) => publicKey.export({ format: 'jwk' }) as PublicJwk;

function signed(header: Different, claims: Different, { privateKey }: Pair = EC): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** Evidence of a good approval, with other claims, bytes, or members. */
function given({
  header = {},
  claims = {},
  shown = {},
  approval = {},
  outcome = {},
  file = {},
  pair = EC,
} = {}): Evidence {
  const details = base64url({ ...SHOWN, ...shown });
  const details_hash = createHash('sha256').update(Buffer.from(details, 'base64url')).digest('base64url');
  const answer = { iss: 'phone', sub: 'anna', aud: ISSUER, request_id: requestId, decision: 'approve', details_hash };
  const alg = pair === RSA ? 'RS256' : 'ES256';
  return {
    version: 1,
    txn: createHash('sha256').update(requestId).digest('hex').slice(0, 16),
    request_id: requestId,
    approvals: [
      {
        proof: 'device_key',
        recorded_at: 1_800_000_000,
        sub: 'anna',
        device_id: 'phone',
        response: signed({ alg, typ: 'ciba-response+jwt', ...header }, { ...answer, ...claims }, pair),
        details,
        public_key: jwkOf(pair),
        ...approval,
      },
    ],
    outcome: { recorded_at: 1_800_000_001, outcome: 'recorded', decision: 'approve', ...outcome },
    ...file,
  };
}

const expectation: EvidenceExpectation = {
  verifies(jws, jwk, algorithm) {
    const at = jws.lastIndexOf('.');
    const publicKey = createPublicKey({
      key: Object.fromEntries(
        Object.entries(jwk).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      format: 'jwk',
    });
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(algorithm).toBe(jwk.kty === 'EC' ? 'ES256' : 'RS256');
    return verify('sha256', Buffer.from(jws.slice(0, at)), key, Buffer.from(jws.slice(at + 1), 'base64url'));
  },
};
const check = (evidence: Evidence, more: Partial<EvidenceExpectation> = {}) =>
  checkEvidence(Buffer.from(writeEvidence(evidence)), { ...expectation, ...more });
const failedIn = (evidence: Evidence, more: Partial<EvidenceExpectation> = {}) =>
  check(evidence, more).checks.flatMap(({ check: name, holds }) => (holds ? [] : [name]));

describe('evidence of a decision', () => {
  it.each([
    ['a P-256 key', EC],
    ['an RSA key', RSA],
  ])('holds when %s signed it, and every check is told', (_, pair) => {
    const verified = { claims: { amr: ['pin'] }, shown: { acr_values: [BY_PIN] } };
    const checked = check(given({ pair, ...verified }), { isExpectedKey: () => true });
    expect(checked.checks.map(({ check: name }) => name)).toEqual(Object.keys(EVIDENCE_CHECKS));
    expect(isProven(checked)).toBe(true);
    expect(checked.evidence).toEqual(given({ pair, ...verified, approval: checked.evidence?.approvals[0] ?? {} }));
  });

  it('of a denial holds too, with its reason, whatever had to be verified', () => {
    const denial = { decision: 'deny', reason: 'fraud' };
    expect(failedIn(given({ claims: denial, outcome: denial }))).toEqual([]);
    expect(failedIn(given({ claims: denial, outcome: denial, shown: { acr_values: [BY_SECOND_KEY] } }))).toEqual([]);
  });

  it('under a second key says so, and reaches a class that needs it', () => {
    const approval = { proof: 'verification_key' } as const;
    const shown = { acr_values: [BY_PIN, BY_SECOND_KEY] };
    const checked = check(given({ approval, shown }));
    expect(isProven(checked)).toBe(true);
    expect(checked.evidence?.approvals[0]?.proof).toBe('verification_key');
    const plainly = (evidence: Evidence) => () => verifyEvidence(Buffer.from(writeEvidence(evidence)));
    expect(plainly(given({ approval, shown }))).not.toThrow();
    expect(plainly(given({ shown, claims: { amr: ['user'] } }))).toThrow('verified');
  });

  it('holds when the trail has only the outcome of the repeated answer', () => {
    expect(failedIn(given({ outcome: { outcome: 'recorded_before' } }))).toEqual([]);
  });

  it('may name the issuer without its final slash', () => {
    expect(failedIn(given({ claims: { aud: 'https://login.example.com' } }))).toEqual([]);
  });

  // Whoever changes a file can compute its checksum anew. What is signed must fail all the same.
  const other = createHash('sha256').update('other').digest('base64url');
  const otherTxn = createHash('sha256').update(other).digest('hex').slice(0, 16);
  it.each<[string, Parameters<typeof given>[0], string[]]>([
    ['another txn', { file: { txn: otherTxn } }, ['txn']],
    ['another request id', { file: { request_id: other, txn: otherTxn } }, ['answer', 'shown', 'outcome']],
    [
      'another key of the same kind',
      { approval: { public_key: jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })) } },
      ['signature'],
    ],
    ['a key of another kind', { approval: { public_key: jwkOf(RSA) } }, ['signature']],
    ['an algorithm that is not the one of the key', { header: { alg: 'none' } }, ['signature']],
    ['an extension that must be understood', { header: { crit: ['exp'] } }, ['signature']],
    ['an answer that is no JWS', { approval: { response: 'a.b' } }, ['signature']],
    [
      'an answer with signs that base64url lacks',
      { approval: { response: `${given().approvals[0]?.response}=` } },
      ['signature'],
    ],
    ['an assertion of the device', { header: { typ: 'ciba-device+jwt' } }, ['type']],
    ['another device', { approval: { device_id: 'tablet' } }, ['signer']],
    ['another user', { approval: { sub: 'bo' } }, ['signer', 'shown']],
    ['an answer for another request', { claims: { request_id: other } }, ['answer', 'outcome']],
    [
      'other bytes',
      { approval: { details: base64url({ ...SHOWN, binding_message: 'other' }) } },
      ['answer', 'outcome'],
    ],
    ['bytes of another request', { shown: { request_id: other } }, ['shown']],
    ['bytes for another user', { shown: { sub: 'bo' } }, ['shown']],
    ['an answer for another provider', { claims: { aud: 'https://other.example/' } }, ['issuer']],
    ['another decision', { outcome: { decision: 'deny' } }, ['outcome']],
    [
      'less verified than the bytes ask for',
      { shown: { acr_values: [BY_PIN] }, claims: { amr: ['fpt'] } },
      ['verified'],
    ],
    [
      'the first key where they need the second',
      { shown: { acr_values: [BY_SECOND_KEY] }, claims: { amr: ['user'] } },
      ['verified'],
    ],
    ['classes that cannot be read', { shown: { acr_values: [{ acr: 1 }] }, claims: { amr: ['pin'] } }, ['verified']],
    ['another reason', { claims: { decision: 'deny' }, outcome: { decision: 'deny', reason: 'fraud' } }, ['outcome']],
    ['an outcome that decided nothing', { outcome: { outcome: 'already_decided' } }, ['outcome']],
  ])('fails with %s, although the checksum is right', (_, different, failed) => {
    expect(failedIn(given(different))).toEqual(failed);
  });

  it('fails when the second of two approvals does', () => {
    const { approvals, ...rest } = given();
    const two = [...approvals, ...approvals.map((one) => ({ ...one, device_id: 'tablet' }))];
    expect(failedIn({ ...rest, approvals: two })).toEqual(['signer']);
  });

  it('names the provider that the reader names, or one that it was before', () => {
    const moved = given({ claims: { aud: 'https://before.example/' } });
    expect(failedIn(moved, { issuers: [ISSUER] })).toEqual(['issuer']);
    expect(failedIn(moved, { issuers: [ISSUER, 'https://before.example'] })).toEqual([]);
    expect(failedIn(given(), { issuers: ['https://other.example/'] })).toEqual(['issuer']);
  });

  it('has the key that the reader knows from elsewhere', () => {
    expect(failedIn(given(), { isExpectedKey: (key) => key.x === jwkOf(EC).x })).toEqual([]);
    expect(failedIn(given(), { isExpectedKey: () => false })).toEqual(['key']);
  });
});

describe('the file', () => {
  const text = writeEvidence(given());
  const failed = (changed: string | Uint8Array) =>
    checkEvidence(Buffer.from(changed), expectation).checks.filter(({ holds }) => !holds);

  it('ends in a newline, and its last member is the checksum of everything before', () => {
    const { sha256, ...rest } = JSON.parse(text);
    expect(text).toBe(`${JSON.stringify({ ...rest, sha256 }, null, 2)}\n`);
    expect(
      createHash('sha256')
        .update(`${JSON.stringify(rest, null, 2)}\n`)
        .digest('base64url'),
    ).toBe(sha256);
  });

  it.each([
    ['no newline at the end', text.trimEnd()],
    ['a byte order mark', `\uFEFF${text}`],
    ['other spaces', JSON.stringify(JSON.parse(text))],
    ['another order', `${JSON.stringify({ txn: 1, ...JSON.parse(text) }, null, 2)}\n`],
    ['a member more', text.replace('{\n', '{\n  "more": true,\n')],
    ['a member twice', text.replace('"version": 1,', '"version": 1,\n  "version": 1,')],
    ['another version', text.replace('"version": 1', '"version": 2')],
    ['another kind of proof', text.replace('device_key', 'passkey')],
    ['no approval', text.replace(/"approvals": \[[^\]]*\]/, '"approvals": []')],
    ['no checksum', text.replace(/,\n {2}"sha256": .*/, '')],
    ['a private key', text.replace('"kty"', '"d": "AAAA",\n        "kty"')],
    ['nothing in it', ''],
    ['something else in it', '[]'],
  ])('has one form only: not with %s', (_, changed) => {
    expect(failed(changed)).toEqual([{ check: 'form', holds: false }]);
  });

  it('is UTF-8', () => {
    expect(failed(Buffer.from(text.replace('anna', 'ann\u00E4'), 'latin1'))).toEqual([{ check: 'form', holds: false }]);
  });

  it('fails by its checksum alone when somebody changed what nobody signed', () => {
    expect(failed(text.replace('1800000001', '1800000002'))).toEqual([{ check: 'checksum', holds: false }]);
  });
});

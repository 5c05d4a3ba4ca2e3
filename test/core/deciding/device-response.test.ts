import { describe, expect, it } from 'vitest';
import { ACCEPTED_AMR, checkDeviceResponse } from '../../../provider/core/deciding/device-response.ts';
import { refusalOf, valueFrom } from '../given.ts';

const wrong = (claim: string, expected: string) => ({ reason: 'device_token_claim', claim, expected });
type Different = Record<string, unknown>;

describe('answer of a phone: what you see is what you sign', () => {
  const expected = { requestId: 'request-1', detailsHash: 'hash-of-what-was-shown' };
  const GOOD = { request_id: 'request-1', decision: 'approve', details_hash: expected.detailsHash, amr: ['face'] };
  const check = (different: Different = {}) => checkDeviceResponse({ ...GOOD, ...different }, expected);

  it('approves or denies, with what the phone says about it', () => {
    expect(valueFrom(check())).toEqual({ decision: 'approve', reason: undefined, amr: ['face'] });
    expect(valueFrom(check({ decision: 'deny', reason: 'fraud', amr: undefined }))).toEqual({
      decision: 'deny',
      reason: 'fraud',
      amr: [],
    });
  });

  it.each(['request-2', '', undefined, ['request-1']])('is for this request, not %o', (request_id) => {
    expect(refusalOf(check({ request_id }))).toEqual(wrong('request_id', 'the id of this request'));
  });

  it.each(['APPROVE', 'yes', '', true, 1, undefined, null, ['approve']])(
    'decides approve or deny, not %o',
    (decision) => {
      expect(refusalOf(check({ decision }))).toEqual(wrong('decision', 'approve or deny'));
    },
  );

  it.each(['hash-of-something-else', '', undefined, null, 1, [expected.detailsHash]])(
    'is refused with the hash %o of something else, whatever was decided',
    (details_hash) => {
      for (const decision of ['approve', 'deny']) {
        expect(refusalOf(check({ decision, details_hash }))).toEqual({ reason: 'details_hash_mismatch' });
      }
    },
  );

  it.each(['Fraud', 'not me', '', 'x'.repeat(33), 'a-b', '<script>', 1, null, ['fraud']])(
    'has no reason like %o',
    (reason) => {
      expect(refusalOf(check({ decision: 'deny', reason }))).toEqual(
        wrong('reason', '1 to 32 lower-case letters or underscores'),
      );
    },
  );

  it('accepts a reason of 1 to 32 letters', () => {
    expect(check({ decision: 'deny', reason: 'x' }).ok).toBe(true);
    expect(check({ decision: 'deny', reason: 'x'.repeat(32) }).ok).toBe(true);
  });

  it.each(['fraud', 'x'])('does not approve and give the reason %o', (reason) => {
    expect(refusalOf(check({ decision: 'approve', reason }))).toEqual(
      wrong('reason', 'absent when the decision is approve'),
    );
  });

  it('says how the phone verified its user, from the list (RFC 8176), once each', () => {
    expect(ACCEPTED_AMR).toEqual(['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'user', 'mfa', 'swk']);
    for (const method of ACCEPTED_AMR) expect(valueFrom(check({ amr: [method] })).amr).toEqual([method]);
    expect(valueFrom(check({ amr: ['face', 'pin', 'face', 'pin'] })).amr).toEqual(['face', 'pin']);
    expect(valueFrom(check({ amr: [] })).amr).toEqual([]);
  });

  it.each([
    ['hwk, which nobody can know without attestation', ['hwk']],
    ['a method beside a known one that is not', ['face', 'magic']],
    ['five methods', ['face', 'pin', 'fpt', 'iris', 'pwd']],
    ['text', 'face'],
    ['null', null],
    ['an object', { 0: 'face', length: 1 }],
    ['a nested array', [['face']]],
  ])('refuses as amr %s', (_, amr) => {
    expect(refusalOf(check({ amr }))).toEqual(
      wrong('amr', 'up to four of pin, fpt, face, iris, retina, vbm, pwd, user, mfa, swk'),
    );
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findDecision } from '../../../cli/audit-trail/decision-evidence.ts';
import { MadeBucket, NOON, record } from './made-bucket.ts';

const DAY = 86_400;
const requestId = createHash('sha256').update('auth-req-id').digest('base64url');
const txn = createHash('sha256').update(requestId).digest('hex').slice(0, 16);
const publicKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
type More = Readonly<Record<string, unknown>>;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const evidence = (change: string, { decision = 'approve', ...more }: More = {}) =>
  record({
    event: 'decision_evidence',
    change,
    phase: 'intended',
    requestId,
    sub: 'anna',
    deviceId: 'phone',
    response: `${part({})}.${part({ decision })}.answer-${change}`,
    details: part({}),
    publicKey,
    ...more,
  });
const outcome = (change: string, result: string, more: More = {}) =>
  record({
    event: 'decision_recorded',
    change,
    phase: /^recorded/.test(result) ? 'done' : 'refused',
    requestId,
    sub: 'anna',
    deviceId: 'phone',
    outcome: result,
    decision: 'approve',
    ...more,
  });
const find = (bucket: MadeBucket, since = NOON - 10 * DAY) =>
  findDecision(bucket, txn, {
    since,
    until: NOON + DAY,
    now: NOON + DAY,
    progress: () => undefined,
    open: async (records) => records,
  });
const answerIn = async (...records: Record<string, unknown>[]) => {
  const found = await find(new MadeBucket().put('records', NOON + 300, records));
  return [found?.approvals[0]?.response.split('.')[2], found?.outcome.outcome];
};

describe('the answer that decided', () => {
  it('is the one whose change has the outcome "recorded"', async () => {
    const records = [evidence('c1'), evidence('c2'), outcome('c1', 'already_decided'), outcome('c2', 'recorded')];
    expect(await answerIn(...records)).toEqual(['answer-c2', 'recorded']);
    expect(await answerIn(...records.toReversed())).toEqual(['answer-c2', 'recorded']);
  });

  it('says whether the second key of the device signed it', async () => {
    const proofIn = async (more: More) => {
      const records = [evidence('c1', more), outcome('c1', 'recorded')];
      return (await find(new MadeBucket().put('records', NOON + 300, records)))?.approvals[0]?.proof;
    };
    expect(await proofIn({ proof: 'verification_key' })).toBe('verification_key');
    expect(await proofIn({})).toBe('device_key');
  });

  it('is not one whose call broke off, whose evidence is there without an outcome', async () => {
    expect(await answerIn(evidence('c1'), evidence('c2'), outcome('c2', 'recorded'))).toEqual([
      'answer-c2',
      'recorded',
    ]);
  });

  it('is still the one that was recorded when it is repeated', async () => {
    const records = [evidence('c1'), outcome('c1', 'recorded'), outcome('c2', 'recorded_before')];
    expect(await answerIn(...records)).toEqual(['answer-c1', 'recorded']);
  });

  it('is the last of the same device before its repetition, if its own outcome was lost', async () => {
    const later = { at: NOON + 60 };
    expect(
      await answerIn(
        evidence('c0', { at: NOON - 20 }),
        evidence('c1', { at: NOON - 10 }),
        evidence('c5', { at: NOON - 5, decision: 'deny' }),
        evidence('c2', { deviceId: 'tablet' }),
        outcome('c2', 'already_decided'),
        evidence('c3', later),
        outcome('c4', 'recorded_before'),
      ),
    ).toEqual(['answer-c1', 'recorded_before']);
  });

  it('is found on the day before its outcome, and no older day is read', async () => {
    const midnight = NOON - DAY / 2;
    const bucket = new MadeBucket()
      .put('records', midnight - 2 * DAY, [record({ event: 'tokens_issued', at: midnight - 2 * DAY })])
      .put('records', midnight - 60, [evidence('c1', { at: midnight - 2 })])
      .put('records', midnight + 300, [outcome('c1', 'recorded', { at: midnight + 1 })]);
    expect((await find(bucket))?.outcome.recorded_at).toBe(midnight + 1);
    expect(bucket.reads).toHaveLength(2);
  });

  it('is not told while there is evidence without an outcome', async () => {
    await expect(answerIn(evidence('c1'))).rejects.toThrow('has an answer to this request, but no outcome');
    await expect(answerIn(evidence('c1'), outcome('c1', 'already_decided'))).rejects.toThrow('but no outcome');
  });

  it('is not told when its evidence is missing, or only its copy is there', async () => {
    const { response, details, publicKey: key, ...copy } = evidence('c1');
    await expect(answerIn(outcome('c1', 'recorded'))).rejects.toThrow('has no signed answer');
    await expect(answerIn(copy, outcome('c1', 'recorded'))).rejects.toThrow('has no signed answer');
  });

  it('cannot be two', async () => {
    const records = ['c1', 'c2'].flatMap((one) => [evidence(one), outcome(one, 'recorded')]);
    await expect(answerIn(...records)).rejects.toThrow('has two answers that decided');
  });

  it('is nothing when the range has no record of the request', async () => {
    const other = { requestId: requestId.toLowerCase() };
    expect(await answerIn(evidence('c1', other), outcome('c1', 'recorded', other))).toEqual([undefined, undefined]);
    const bucket = new MadeBucket().put('records', NOON, [evidence('c1'), outcome('c1', 'recorded')]);
    expect(await find(bucket, NOON + 1)).toBeUndefined();
  });
});

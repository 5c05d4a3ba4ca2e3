import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { requestKey } from '../../provider/adapters/dynamodb/forms/request-form.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { RungRequestsTable } from '../../provider/adapters/dynamodb/rung-requests-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { MOST_REMINDERS, REMINDER_LEASE_SECONDS } from '../../provider/core/asking/reminder.ts';
import {
  MOST_RESENDS,
  nextResendAt,
  RESEND_PAUSE_SECONDS,
  type ResendableRequest,
  resendLimitsOf,
} from '../../provider/core/asking/resend.ts';
import type { RequestFacts } from '../../provider/core/deciding/authentication-request.ts';
import { GRANT } from '../core/given.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const HOUR = 3600;
/** The first instant at which a new request may be resent. */
const FIRST = NOW + RESEND_PAUSE_SECONDS;

describeOnEngines('requests whose phones are rung again', (name) => {
  let engine: EngineUnderTest;
  let transactions: Table;
  let decisions: DecidableRequestsTable;
  let rung: RungRequestsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    const directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
    decisions = new DecidableRequestsTable({ directory, transactions }, entropy);
    rung = new RungRequestsTable(transactions, entropy);
  });
  afterAll(() => engine?.close());

  async function pending(): Promise<ResendableRequest> {
    const request = {
      requestId: entropy.secret(),
      clientId: 'bank',
      registrationId: 'registration-1',
      sub: 'user-1',
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + HOUR,
      intervalSeconds: 5,
      nextPollAt: 0,
    };
    await new RequestsTable(transactions, entropy).createSilent({ request, notification: undefined });
    return { ...request, state: 'pending' };
  }
  const deny = (request: RequestFacts) =>
    decisions.recordDecision({
      requestId: request.requestId,
      owner: request,
      decision: { decision: 'deny', deviceId: 'device-1' },
      now: NOW,
    });
  const approve = (request: RequestFacts) =>
    decisions.recordDecision({
      requestId: request.requestId,
      owner: request,
      decision: { decision: 'approve', grant: { ...GRANT, sub: request.sub }, number: '07' },
      now: NOW,
    });
  const attemptsOf = async ({ requestId }: RequestFacts) => (await rung.find(requestId))?.attempts;
  const resent = async (request: ResendableRequest, now: number) => {
    const recorded = await rung.recordResend({ request, now });
    if (!recorded.recorded) throw new Error('not recorded');
    const { requestId } = request;
    return { requestId, attempt: { kind: 'resend', at: now }, place: recorded.place } as const;
  };

  describe('a resend', () => {
    it('of 50 at once is recorded once, and listed once', async () => {
      const request = await pending();
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => rung.recordResend({ request, now: FIRST })));
      expect(outcomes.filter(({ recorded }) => recorded)).toHaveLength(1);
      expect(await attemptsOf(request)).toEqual([{ kind: 'resend', at: FIRST }]);
      const lost = outcomes.find(({ recorded }) => !recorded);
      expect(lost).toMatchObject({ stored: { state: 'pending', attempts: [{ at: FIRST }] } });
    });

    it('is recorded from the end of the pause on, and as often as a request allows', async () => {
      const request = await pending();
      const outcomes: boolean[] = [];
      expect((await rung.recordResend({ request, now: FIRST - 1 })).recorded).toBe(false);
      for (let resends = 0; resends <= MOST_RESENDS; resends += 1) {
        const now = FIRST + resends * RESEND_PAUSE_SECONDS;
        outcomes.push((await rung.recordResend({ request, now })).recorded);
        expect((await rung.recordResend({ request, now: now + RESEND_PAUSE_SECONDS - 1 })).recorded).toBe(false);
      }
      expect(outcomes).toEqual([...Array.from({ length: MOST_RESENDS }, () => true), false]);
      expect(await attemptsOf(request)).toHaveLength(MOST_RESENDS);
    });

    it('counts more resends, after a shorter pause, where the limits are others', async () => {
      const request = await pending();
      const limits = resendLimitsOf({ ignoresRegistered: true });
      const outcomes: boolean[] = [];
      for (let second = 0; second <= MOST_RESENDS + 1; second += 1) {
        const now = FIRST + second;
        outcomes.push((await rung.recordResend({ request, now, limits })).recorded);
        expect((await rung.recordResend({ request, now, limits })).recorded).toBe(false);
      }
      expect(new Set(outcomes)).toEqual(new Set([true]));
      expect(await attemptsOf(request)).toHaveLength(MOST_RESENDS + 2);
    });

    it('is not recorded for a request that was decided or is over, or for another client', async () => {
      const request = await pending();
      for (const other of [{ clientId: 'shop' }, { registrationId: 'registration-0' }])
        expect((await rung.recordResend({ request: { ...request, ...other }, now: FIRST })).recorded).toBe(false);
      expect((await rung.recordResend({ request, now: request.expiresAt })).recorded).toBe(false);
      await deny(request);
      expect(await rung.recordResend({ request, now: FIRST })).toMatchObject({
        recorded: false,
        stored: { state: 'denied' },
      });
    });

    it('says that an approval waits for its number by now, and is recorded as it was before it', async () => {
      const request = await pending();
      await approve(request);
      const recorded = { recorded: true, request: { state: 'awaiting_number', attempts: [{ at: FIRST }] } };
      expect(await rung.recordResend({ request, now: FIRST })).toMatchObject(recorded);
      expect(await rung.recordResend({ request, now: FIRST })).toMatchObject({ recorded: false });
    });

    it('and a decision at once: both hold, or the resend is refused with what was decided', async () => {
      for (let round = 0; round < 10; round += 1) {
        const request = await pending();
        const [recorded, decided] = await Promise.all([rung.recordResend({ request, now: FIRST }), deny(request)]);
        expect(decided.recorded).toBe(true);
        expect(recorded.recorded || recorded.stored?.state === 'denied').toBe(true);
        expect((await rung.find(request.requestId))?.state).toBe('denied');
      }
    });

    it('of no request makes none', async () => {
      const request = { ...(await pending()), requestId: entropy.secret() };
      expect(await rung.recordResend({ request, now: FIRST })).toEqual({ recorded: false, stored: undefined });
      const attempt = { requestId: request.requestId, attempt: { kind: 'resend', at: FIRST }, place: 0 } as const;
      await rung.recordResult({ ...attempt, result: { devices: 1, accepted: 1 } });
      await rung.takeBackResend({ ...attempt, nextResendAt: FIRST });
      expect(await rung.find(request.requestId)).toBe(undefined);
    });

    it('tells what became of it at its own place, also after the decision', async () => {
      const request = await pending();
      const [first, second] = [await resent(request, FIRST), await resent(request, FIRST + 100)];
      await deny(request);
      await rung.recordResult({ ...second, result: { devices: 2, accepted: 1, errors: 'Throttled' } });
      await rung.recordResult({ ...first, result: { devices: 2, accepted: 2 } });
      expect(await attemptsOf(request)).toEqual([
        { kind: 'resend', at: FIRST, devices: 2, accepted: 2 },
        { kind: 'resend', at: FIRST + 100, devices: 2, accepted: 1, errors: 'Throttled' },
      ]);
    });

    it('that is taken back leaves no trace: it can be made again at once, and as often as before', async () => {
      const request = await pending();
      await rung.takeBackResend({ ...(await resent(request, FIRST)), nextResendAt: nextResendAt(request) });
      expect(await attemptsOf(request)).toEqual([]);
      for (let resends = 0; resends < MOST_RESENDS; resends += 1)
        await resent(request, FIRST + resends * RESEND_PAUSE_SECONDS);
    });

    it('is not taken back twice, nor one that stands at its place by now', async () => {
      const request = await pending();
      const back = { ...(await resent(request, FIRST)), nextResendAt: nextResendAt(request) };
      await rung.takeBackResend(back);
      await resent(request, FIRST + 1);
      await rung.takeBackResend(back);
      expect(await attemptsOf(request)).toEqual([{ kind: 'resend', at: FIRST + 1 }]);
    });
  });

  describe('a resend that is taken back while another attempt is under way', () => {
    const reminded = async (request: ResendableRequest, now: number) => {
      const recorded = await rung.recordReminder({ request, now });
      if (!recorded.recorded) throw new Error('not recorded');
      return { requestId: request.requestId, attempt: { kind: 'reminder', at: now }, place: recorded.place } as const;
    };
    const REMINDED = { kind: 'reminder', at: FIRST + 1, devices: 1, accepted: 1 };

    it('leaves the reminder its result, so that it does not ring again', async () => {
      const request = await pending();
      const resend = await resent(request, FIRST);
      const reminder = await reminded(request, FIRST + 1);
      await rung.takeBackResend({ ...resend, nextResendAt: nextResendAt(request) });
      await rung.recordResult({ ...reminder, result: { devices: 1, accepted: 1 } });
      expect(await attemptsOf(request)).toEqual([REMINDED]);
      expect((await rung.recordReminder({ request, now: request.expiresAt - 1 })).recorded).toBe(false);
    });

    it('at the same moment as the result, in any order', async () => {
      for (let round = 0; round < 10; round += 1) {
        const request = await pending();
        const resend = await resent(request, FIRST);
        const reminder = await reminded(request, FIRST + 1);
        const calls = [
          () => rung.takeBackResend({ ...resend, nextResendAt: nextResendAt(request) }),
          () => rung.recordResult({ ...reminder, result: { devices: 1, accepted: 1 } }),
        ];
        await Promise.all((round % 2 === 0 ? calls : calls.toReversed()).map((call) => call()));
        expect(await attemptsOf(request)).toEqual([REMINDED]);
      }
    });

    it('is taken back where it stands by now, once, and takes no other with it', async () => {
      const request = await pending();
      const first = await resent(request, FIRST);
      const reminder = await reminded(request, FIRST + 1);
      await rung.takeBackResend({ ...first, nextResendAt: nextResendAt(request) });
      const second = await resent(request, FIRST + 2);
      // As if it had been recorded while the first one stood before it.
      await rung.takeBackResend({ ...second, place: second.place + 1, nextResendAt: nextResendAt(request) });
      await rung.recordResult({ ...reminder, result: { devices: 1, accepted: 1 } });
      expect(await attemptsOf(request)).toEqual([REMINDED]);
    });
  });

  describe('a reminder', () => {
    it('of 20 at once is recorded once, and again only when that try is over', async () => {
      const request = await pending();
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => rung.recordReminder({ request, now: NOW })));
      expect(outcomes.filter(({ recorded }) => recorded)).toHaveLength(1);
      const at = (now: number) => rung.recordReminder({ request, now });
      expect((await at(NOW + REMINDER_LEASE_SECONDS - 1)).recorded).toBe(false);
      for (let tries = 1; tries <= MOST_REMINDERS; tries += 1)
        expect((await at(NOW + tries * REMINDER_LEASE_SECONDS)).recorded).toBe(tries < MOST_REMINDERS);
    });

    it('that SNS accepted is never tried again', async () => {
      const request = await pending();
      const recorded = await rung.recordReminder({ request, now: NOW });
      const place = recorded.recorded ? recorded.place : -1;
      const attempt = { requestId: request.requestId, attempt: { kind: 'reminder', at: NOW }, place } as const;
      await rung.recordResult({ ...attempt, result: { devices: 1, accepted: 1 } });
      expect((await rung.recordReminder({ request, now: request.expiresAt - 1 })).recorded).toBe(false);
    });

    it('and a resend at once keep their own results, and do not use up each other', async () => {
      const request = await pending();
      const [reminder, resend] = await Promise.all([
        rung.recordReminder({ request, now: FIRST }),
        rung.recordResend({ request, now: FIRST }),
      ]);
      const { requestId } = request;
      for (const [kind, one, devices] of [['reminder', reminder, 3] as const, ['resend', resend, 2] as const]) {
        const place = one.recorded ? one.place : -1;
        await rung.recordResult({ requestId, attempt: { kind, at: FIRST }, place, result: { devices, accepted: 1 } });
      }
      const attempts = (await attemptsOf(request))?.toSorted((a, b) => a.kind.localeCompare(b.kind));
      expect(attempts).toEqual([
        { kind: 'reminder', at: FIRST, devices: 3, accepted: 1 },
        { kind: 'resend', at: FIRST, devices: 2, accepted: 1 },
      ]);
    });
  });

  it('stay below 1 KB while a client polls, with all attempts', async () => {
    const request = await pending();
    const result = { devices: 10, accepted: 0, errors: 'E'.repeat(40) };
    for (let resends = 0; resends < MOST_RESENDS; resends += 1)
      await rung.recordResult({ ...(await resent(request, FIRST + resends * 100)), result });
    for (let tries = 0; tries < MOST_REMINDERS; tries += 1) {
      const now = FIRST + tries * 100;
      const recorded = await rung.recordReminder({ request, now });
      const place = recorded.recorded ? recorded.place : -1;
      const attempt = { kind: 'reminder', at: now } as const;
      await rung.recordResult({ requestId: request.requestId, attempt, place, result });
    }
    const item = await transactions.get(requestKey(request.requestId));
    // DynamoDB counts names and values, three bytes for each list and map, and one for each member.
    expect(JSON.stringify(item).replace(/["{}[\]]/g, '').length + 3 * 7).toBeLessThan(1024);
  });

  it('a reminder is not recorded once an approval waits for its number', async () => {
    const request = await pending();
    await approve(request);
    const refused = { recorded: false, stored: { state: 'awaiting_number' } };
    expect(await rung.recordReminder({ request, now: FIRST })).toMatchObject(refused);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientBlockEndsTable } from '../../provider/adapters/dynamodb/client-block-ends-table.ts';
import { ClientBlocksTable } from '../../provider/adapters/dynamodb/client-blocks-table.ts';
import { OpenQuestionsTable } from '../../provider/adapters/dynamodb/open-questions-table.ts';
import { OpenRequestsTable } from '../../provider/adapters/dynamodb/open-requests-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../provider/adapters/dynamodb/rate-windows-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { SilentDenialEndsTable } from '../../provider/adapters/dynamodb/silent-denial-ends-table.ts';
import { SilentDenialsTable } from '../../provider/adapters/dynamodb/silent-denials-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { LONGEST_EXPIRY_SECONDS } from '../../provider/core/asking/expiry.ts';
import type { OpenRequest } from '../../provider/flows/asking/ports.ts';
import type { ClientDenial } from '../../provider/flows/person/ports.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
/** The first second of an hour. */
const HOUR = NOW - (NOW % 3600);
/** The first second of a day. */
const DAY = NOW - (NOW % 86_400);
const REFUSED = { allowed: false };
const CLIENT = { clientId: 'bank', registrationId: 'registration-1' };

// Both engines must behave alike wherever the functions rely on it; each test uses keys of its own.
describeOnEngines('what leaves people in peace', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let transactions: Table;
  let blocks: ClientBlocksTable;
  let silent: SilentDenialsTable;
  let silentEnds: SilentDenialEndsTable;
  let ends: ClientBlockEndsTable;
  let people: PeopleAndDevicesTable;
  let rates: RateWindowsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
    blocks = new ClientBlocksTable(directory, entropy);
    silent = new SilentDenialsTable(directory, entropy);
    silentEnds = new SilentDenialEndsTable(directory, entropy);
    ends = new ClientBlockEndsTable(directory);
    people = new PeopleAndDevicesTable(directory, entropy);
    rates = new RateWindowsTable(transactions, entropy);
  });
  afterAll(() => engine?.close());

  const denialBy = (sub: string, different: Partial<ClientDenial> = {}): ClientDenial => ({
    owner: { sub, profileId: 'profile-1' },
    client: CLIENT,
    at: NOW,
    ...different,
  });
  const PAUSED = { ...CLIENT, profileId: 'profile-1', report: undefined, denials: 1, deniedAt: NOW };
  const REPORT = { requestId: 'request-1', isCounted: true };
  const REPORTED = { ...PAUSED, report: { at: NOW, requestId: 'request-1' } };

  describe('denials of a client', () => {
    it('are counted, all of 20 at once', async () => {
      const sub = entropy.id();
      await Promise.all(Array.from({ length: 20 }, () => blocks.recordDenial(denialBy(sub))));
      expect(await people.listBlocks(sub)).toEqual([{ ...PAUSED, denials: 20 }]);
    });

    it('begin anew for another registration of the client, and for another person with the same sub', async () => {
      const sub = entropy.id();
      for (const different of [
        {},
        { client: { ...CLIENT, registrationId: 'registration-2' } },
        { owner: { sub, profileId: 'profile-2' } },
      ]) {
        await blocks.recordDenial(denialBy(sub));
        await blocks.recordDenial(denialBy(sub, different));
        const { client, owner } = denialBy(sub, different);
        const denials = Object.keys(different).length === 0 ? 2 : 1;
        expect(await people.listBlocks(sub)).toEqual([{ ...PAUSED, ...client, profileId: owner.profileId, denials }]);
        await directory.delete({ pk: `USER#${sub}`, sk: 'BLOCK#bank' });
      }
    });

    it('end with an approval, but a report does not', async () => {
      const [sub, other] = [entropy.id(), entropy.id()];
      await blocks.recordDenial(denialBy(sub));
      await blocks.endPause({ owner: { sub, profileId: 'profile-2' }, clientId: 'bank' });
      expect(await people.listBlocks(sub)).toEqual([PAUSED]);
      await blocks.endPause({ owner: { sub, profileId: 'profile-1' }, clientId: 'bank' });
      expect(await people.listBlocks(sub)).toEqual([]);
      await blocks.recordReport({ ...denialBy(other), ...REPORT });
      await blocks.endPause({ owner: { sub: other, profileId: 'profile-1' }, clientId: 'bank' });
      expect(await people.listBlocks(other)).toEqual([REPORTED]);
    });
  });

  describe('a report of fraud', () => {
    it('is never lost, whatever is written at the same time', async () => {
      const sub = entropy.id();
      const others = Array.from({ length: 10 }, () => blocks.recordDenial(denialBy(sub)));
      const ends = Array.from({ length: 5 }, () =>
        blocks.endPause({ owner: { sub, profileId: 'profile-1' }, clientId: 'bank' }),
      );
      await Promise.all([...others, blocks.recordReport({ ...denialBy(sub), ...REPORT }), ...ends]);
      expect(await people.listBlocks(sub)).toMatchObject([{ report: REPORTED.report }]);
    });

    it('takes the place of what a former client or person left', async () => {
      const sub = entropy.id();
      await blocks.recordDenial(denialBy(sub, { owner: { sub, profileId: 'former' } }));
      await blocks.recordReport({ ...denialBy(sub), ...REPORT, isCounted: false });
      expect(await people.listBlocks(sub)).toEqual([{ ...REPORTED, denials: 0, deniedAt: 0 }]);
    });

    it('stays when a later denial is plain', async () => {
      const sub = entropy.id();
      await blocks.recordReport({ ...denialBy(sub), ...REPORT });
      await blocks.recordDenial(denialBy(sub, { at: NOW + 9 }));
      expect(await people.listBlocks(sub)).toEqual([{ ...REPORTED, denials: 2, deniedAt: NOW + 9 }]);
    });

    it('lets silent denials be counted, and none without it', async () => {
      const [sub, other] = [entropy.id(), entropy.id()];
      await blocks.recordReport({ ...denialBy(sub), ...REPORT });
      const first = { before: NOW, now: NOW };
      await silent.recordSilentDenial({ ...denialBy(sub, { at: NOW + 30 }), ...first, mark: '1' });
      await silent.recordSilentDenial({ ...denialBy(sub, { at: NOW + 20 }), mark: '2', before: NOW + 30, now: NOW });
      expect(await people.listBlocks(sub)).toEqual([{ ...REPORTED, denials: 2, deniedAt: NOW + 30 }]);
      await blocks.recordDenial(denialBy(other));
      await silent.recordSilentDenial({ ...denialBy(other, { at: NOW + 30 }), ...first, mark: '1' });
      await silent.recordSilentDenial({ ...denialBy('nobody'), ...first, mark: '1' });
      expect(await people.listBlocks(other)).toEqual([PAUSED]);
      expect(await people.listBlocks('nobody')).toEqual([]);
    });

    it.each([
      [1, 1],
      [3, 1],
      [3, 2],
      [3, 3],
    ])(
      'of %i requests that wait, %i are withdrawn: the others are denied at their instant',
      async (asked, withdrawn) => {
        const sub = entropy.id();
        await blocks.recordReport({ ...denialBy(sub), ...REPORT });
        const [before = REPORTED] = await people.listBlocks(sub);
        const denial = denialBy(sub, { at: NOW + 30 });
        const ask = (index: number) => {
          const instant = index === 0 ? before.deniedAt : NOW + 30;
          return silent.recordSilentDenial({ ...denial, mark: `mark-${index}`, before: instant, now: NOW + 1 });
        };
        const takeBack = (index: number) => silentEnds.takeBack({ ...denial, mark: `mark-${index}` });
        for (let index = 0; index < asked; index += 1) await ask(index);
        for (let index = 0; index < withdrawn; index += 1) await takeBack(index);
        const left = asked - withdrawn;
        const after = { ...before, denials: before.denials + left, ...(left > 0 && { deniedAt: NOW + 30 }) };
        expect(await people.listBlocks(sub)).toEqual([after]);
        // Another request's mark, and once more what was taken back.
        await Promise.all([takeBack(asked), takeBack(0), takeBack(withdrawn - 1)]);
        expect(await people.listBlocks(sub)).toEqual([after]);
      },
    );

    it('taken back leaves room for the next one, which may be denied sooner', async () => {
      const sub = entropy.id();
      await blocks.recordReport({ ...denialBy(sub), ...REPORT });
      const denial = denialBy(sub, { at: NOW + 30 });
      await silent.recordSilentDenial({ ...denial, mark: '1', before: NOW, now: NOW + 1 });
      await silentEnds.takeBack({ ...denial, mark: '1' });
      await silent.recordSilentDenial({ ...denial, at: NOW + 8, mark: '2', before: NOW, now: NOW + 2 });
      expect(await people.listBlocks(sub)).toEqual([{ ...REPORTED, denials: 2, deniedAt: NOW + 8 }]);
    });

    it('is not taken back any more once somebody denies: that denial is the last one', async () => {
      const sub = entropy.id();
      await blocks.recordReport({ ...denialBy(sub), ...REPORT });
      await silent.recordSilentDenial({ ...denialBy(sub, { at: NOW + 30 }), mark: '1', before: NOW, now: NOW + 1 });
      await blocks.recordDenial(denialBy(sub, { at: NOW + 9 }));
      await silentEnds.takeBack({ ...denialBy(sub), mark: '1' });
      expect(await people.listBlocks(sub)).toEqual([{ ...REPORTED, denials: 3, deniedAt: NOW + 9 }]);
    });

    it('of a client that is not blocked is not there to be taken back, and nothing is stored', async () => {
      const [sub, other] = [entropy.id(), entropy.id()];
      await blocks.recordDenial(denialBy(other));
      for (const one of [sub, other]) await silentEnds.takeBack({ ...denialBy(one), mark: 'request-1' });
      expect(await people.listBlocks(sub)).toEqual([]);
      expect(await people.listBlocks(other)).toEqual([PAUSED]);
    });

    it('is ended by an operator as it was read, and not when a newer one came', async () => {
      const sub = entropy.id();
      await blocks.recordReport({ ...denialBy(sub), ...REPORT });
      await blocks.recordReport({ ...denialBy(sub), ...REPORT, requestId: 'request-2' });
      expect(await ends.end(sub, REPORTED)).toBe(false);
      const [newer = REPORTED] = await people.listBlocks(sub);
      expect(await ends.end(sub, newer)).toBe(true);
      expect(await people.listBlocks(sub)).toEqual([]);
      // Again, because the first answer may have been lost.
      expect(await ends.end(sub, newer)).toBe(true);
      await blocks.recordDenial(denialBy(sub));
      expect(await ends.end(sub, REPORTED)).toBe(false);
      expect(await ends.end(sub, PAUSED)).toBe(true);
    });
  });

  describe('rate windows', () => {
    it('take an attempt back in the windows in which it was counted, and never below zero', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 1, perHour: 2, longPerDay: 1 };
      const count = async (now: number) => (await rates.countForUser({ sub, isLong: false }, limits, now)).allowed;
      expect([await count(HOUR), await count(HOUR + 1)]).toEqual([true, false]);
      await rates.giveBack({ sub, isLong: false }, HOUR);
      await rates.giveBack({ sub, isLong: false }, HOUR);
      expect([await count(HOUR + 1), await count(HOUR + 60), await count(HOUR + 120)]).toEqual([true, true, false]);
      // The minute is over, the hour is not.
      await rates.giveBack({ sub, isLong: false }, HOUR + 60);
      expect([await count(HOUR + 120), await count(HOUR + 180)]).toEqual([true, false]);
      await rates.giveBack({ sub, isLong: false }, HOUR + 3600);
      expect(await count(HOUR + 180)).toBe(false);
    });

    it('count a reported client by itself', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 1, perHour: 2, longPerDay: 1 };
      const silently = async (clientId: string) =>
        (await rates.countSilently({ sub, clientId, isLong: false }, limits, HOUR)).allowed;
      expect([await silently('bank'), await silently('bank'), await silently('shop')]).toEqual([true, false, true]);
      expect((await rates.countForUser({ sub, isLong: false }, limits, HOUR)).allowed).toBe(true);
    });

    it('count long-lived requests for their day as well, and at its limit until its end', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 9, perHour: 3, longPerDay: 2 };
      const count = (isLong: boolean, now = DAY) => rates.countForUser({ sub, isLong }, limits, now);
      expect([await count(true), await count(true)]).toEqual([{ allowed: true }, { allowed: true }]);
      expect(await count(true, DAY + 100)).toEqual({ allowed: false, retryAfterSeconds: 86_300 });
      // What was refused counts nowhere: the hour has room for one more.
      expect([await count(false), await count(false)]).toEqual([{ allowed: true }, expect.objectContaining(REFUSED)]);
      expect(await count(true, DAY + 86_400)).toEqual({ allowed: true });
      const kept = await transactions.query<{ count: number; ttl: number }>(`RATE#user#${sub}`, { skPrefix: 'LONG#' });
      expect(kept.map(({ ttl }) => ttl - DAY)).toEqual([90_000, 176_400]);
    });

    it('take a long-lived request back from its day when the hour refuses it, and when no phone rang', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 9, perHour: 1, longPerDay: 1 };
      const count = (isLong: boolean, now: number) => rates.countForUser({ sub, isLong }, limits, now);
      expect(await count(false, DAY)).toEqual({ allowed: true });
      expect(await count(true, DAY)).toEqual({ allowed: false, retryAfterSeconds: 3600 });
      expect(await count(true, DAY + 3600)).toEqual({ allowed: true });
      await rates.giveBack({ sub, isLong: true }, DAY + 3600);
      await rates.giveBack({ sub, isLong: true }, DAY + 3600);
      expect([await count(true, DAY + 3601), (await count(true, DAY + 3602)).allowed]).toEqual([
        { allowed: true },
        false,
      ]);
    });

    it('count 20 long-lived requests at once no further than the limit', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 99, perHour: 99, longPerDay: 7 };
      const all = Array.from({ length: 20 }, () => rates.countForUser({ sub, isLong: true }, limits, DAY));
      expect((await Promise.all(all)).filter(({ allowed }) => allowed)).toHaveLength(7);
    });

    it('count the long-lived requests of a reported client by themselves', async () => {
      const sub = entropy.id();
      const limits = { perMinute: 9, perHour: 9, longPerDay: 1 };
      const silently = (clientId: string) => rates.countSilently({ sub, clientId, isLong: true }, limits, DAY);
      expect(await silently('bank')).toEqual({ allowed: true });
      expect(await silently('bank')).toEqual({ allowed: false, retryAfterSeconds: 86_400 });
      expect(await silently('shop')).toEqual({ allowed: true });
      expect(await rates.countForUser({ sub, isLong: true }, limits, DAY)).toEqual({ allowed: true });
    });

    it('refuse a client for an hour once it named too many unknown users, also past the full hour', async () => {
      const clientId = entropy.id();
      const limits = { requestsPerMinute: 60, unknownUsers: 3 };
      const end = HOUR + 3599;
      const count = (now: number) => rates.countForClient(clientId, limits, now);
      await rates.countUnknownUser({ clientId, names: 2 }, limits, end);
      expect(await count(end)).toEqual({ allowed: true });
      await rates.countUnknownUser({ clientId, names: 1 }, limits, end);
      expect(await count(end)).toEqual({ allowed: false, retryAfterSeconds: 3600, isGuessing: true });
      expect(await count(end + 3599)).toEqual({ allowed: false, retryAfterSeconds: 1, isGuessing: true });
      expect(await count(end + 3600)).toEqual({ allowed: true });
    });

    it('refuse it in all items over which its counter is spread, and where it has no limit of requests', async () => {
      for (const requestsPerMinute of [900, undefined]) {
        const clientId = entropy.id();
        const limits = { requestsPerMinute, unknownUsers: 1 };
        await rates.countUnknownUser({ clientId, names: 1 }, limits, HOUR);
        for (let attempt = 0; attempt < 20; attempt += 1)
          expect(await rates.countForClient(clientId, limits, HOUR)).toMatchObject({
            allowed: false,
            isGuessing: true,
          });
      }
    });

    it('count no unknown user where there is no such limit', async () => {
      const clientId = entropy.id();
      const limits = { requestsPerMinute: 60, unknownUsers: undefined };
      for (let named = 0; named < 3; named += 1) await rates.countUnknownUser({ clientId, names: 1 }, limits, HOUR);
      expect(await rates.countForClient(clientId, limits, HOUR)).toEqual({ allowed: true });
    });
  });

  describe('the only request that a client may have open with a user', () => {
    const requestOf = (more: Partial<OpenRequest> = {}): OpenRequest => ({
      requestId: entropy.secret(),
      sub: entropy.id(),
      clientId: 'bank',
      expiresAt: NOW + 120,
      ...more,
    });
    let open: OpenRequestsTable;
    beforeAll(() => {
      open = new OpenRequestsTable(transactions, entropy);
    });

    it('is one of 20 that are opened at once, until it expires, and the others are told which', async () => {
      const { sub } = requestOf();
      const requests = Array.from({ length: 20 }, () => requestOf({ sub }));
      const met = await Promise.all(requests.map((request) => open.open(request, NOW)));
      const own = requests.filter((_, index) => met[index] === undefined);
      expect(own).toHaveLength(1);
      const [{ requestId } = requestOf()] = own;
      const others = met.filter((one) => one !== undefined);
      expect(others).toEqual(Array(19).fill({ requestId, openedAt: NOW, toldUntil: NOW + 120 }));
      expect(await open.open(requestOf({ sub, clientId: 'shop' }), NOW)).toBe(undefined);
      expect(await open.open(requestOf({ sub }), NOW + 119)).toMatchObject({ requestId });
      expect(await open.open(requestOf({ sub }), NOW + 120)).toBe(undefined);
    });

    it('is closed by itself alone, also if another one has the same end', async () => {
      const [first, second] = [requestOf({ sub: 'closed' }), requestOf({ sub: 'closed' })];
      await open.open(first, NOW);
      await open.close(second);
      expect(await open.open(second, NOW)).toMatchObject({ requestId: first.requestId });
      await open.close(first);
      expect(await open.open(second, NOW)).toBe(undefined);
      await open.close(first);
      expect(await open.open(first, NOW)).toMatchObject({ requestId: second.requestId });
    });

    it('makes room when it has ended, for one of 20, and for none if another one took its place before', async () => {
      const { sub } = requestOf();
      const ended = requestOf({ sub, expiresAt: NOW + 259_200 });
      await open.open(ended, NOW);
      const requests = Array.from({ length: 20 }, () => requestOf({ sub }));
      const met = await Promise.all(requests.map((request) => open.open(request, NOW, ended.requestId)));
      expect(met.filter((one) => one === undefined)).toHaveLength(1);
      expect(await open.open(requestOf({ sub }), NOW, ended.requestId)).toMatchObject({ toldUntil: NOW + 120 });
    });

    it('tells another end than it has, where its client must not know', async () => {
      const request = requestOf({ expiresAt: NOW + 5, toldUntil: NOW + 120 });
      await open.open(request, NOW);
      expect(await open.open(requestOf({ sub: request.sub }), NOW + 4)).toMatchObject({ toldUntil: NOW + 120 });
      expect(await open.open(requestOf({ sub: request.sub }), NOW + 5)).toBe(undefined);
    });
  });

  it('of 20 questions that are added to one person at once, each but one meets another, in any order', async () => {
    const open = new OpenQuestionsTable(transactions);
    const sub = entropy.id();
    const question = (clientId = 'bank', expiresAt = NOW + 120) => ({ id: entropy.id(), sub, clientId, expiresAt });
    const questions = Array.from({ length: 20 }, (_, index) => question(index % 2 ? 'bank' : 'shop'));
    const met = await Promise.all(questions.map((one) => open.add(one, NOW)));
    expect(met.filter((meets) => !meets)).toHaveLength(1);
    await Promise.all(questions.map((one) => open.remove(one)));
    const own = question();
    // The SDK may repeat a write whose answer was lost: a question never meets itself.
    expect([await open.add(own, NOW), await open.add(own, NOW)]).toEqual([false, false]);
    expect(await open.add({ ...question(), sub: entropy.id() }, NOW)).toBe(false);
    expect(await open.add(question(), NOW + 119)).toBe(true);
    await open.remove({ ...question(), sub: entropy.id() });
  });

  it('questions that expired meet nobody, and are taken out before they fill the item', async () => {
    const open = new OpenQuestionsTable(transactions);
    const sub = entropy.id();
    for (let at = 0; at < 40; at += 1)
      expect(await open.add({ id: entropy.id(), sub, clientId: 'bank', expiresAt: NOW + at + 1 }, NOW + at)).toBe(
        false,
      );
    const [item] = await transactions.query<{ open: Set<string> }>(`RATE#user#${sub}`);
    expect(item?.open.size).toBeLessThan(12);
    // What was swept is not made again by a late decision.
    const gone = entropy.id();
    await open.remove({ id: 'x', sub: gone, clientId: 'bank', expiresAt: NOW });
    expect(await transactions.query(`RATE#user#${gone}`)).toEqual([]);
  });

  it('a question is kept as long as it can be open, though no other is added for 72 hours', async () => {
    const open = new OpenQuestionsTable(transactions);
    const sub = entropy.id();
    const expiresAt = NOW + LONGEST_EXPIRY_SECONDS;
    await open.add({ id: entropy.id(), sub, clientId: 'bank', expiresAt }, NOW);
    const [item] = await transactions.query<{ ttl: number }>(`RATE#user#${sub}`);
    expect(item?.ttl).toBeGreaterThan(expiresAt);
  });

  it('a silent question is one for its own client alone', async () => {
    const open = new OpenQuestionsTable(transactions);
    const sub = entropy.id();
    const question = (clientId: string) => ({ id: entropy.id(), sub, clientId, expiresAt: NOW + 120 });
    await open.add({ ...question('bank'), isSilent: true }, NOW);
    const shop = question('shop');
    expect(await open.add(shop, NOW)).toBe(false);
    await open.remove(shop);
    expect(await open.add(question('bank'), NOW)).toBe(true);
  });

  it('a silent request is pending for its client until it counts as denied, then no poll is recorded', async () => {
    const requests = new RequestsTable(transactions, entropy);
    const redeemable = new RedeemableRequestsTable(transactions, entropy);
    const requestId = entropy.secret();
    const request = {
      requestId,
      ...CLIENT,
      sub: entropy.id(),
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + 120,
      intervalSeconds: 5,
      nextPollAt: 0,
      deniedFrom: NOW + 30,
      isConcealed: true as const,
    };
    await requests.createSilent({ request, notification: undefined });
    const poll = (now: number) => redeemable.recordPoll({ requestId, ...CLIENT, now });
    expect([await poll(NOW), await poll(NOW + 29)]).toEqual([{ recorded: true }, { recorded: true }]);
    const stored = { ...request, nextPollAt: NOW + 34, state: 'pending' };
    expect(await poll(NOW + 40)).toEqual({ recorded: false, stored });
    // No phone can see it: there are no details.
    expect(await transactions.query(`USER#${request.sub}`)).toEqual([]);
  });
});

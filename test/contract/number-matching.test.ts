import { afterAll, beforeAll, expect, it } from 'vitest';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { detailsKey, requestKey } from '../../provider/adapters/dynamodb/forms/request-form.ts';
import { NumberedRequestsTable } from '../../provider/adapters/dynamodb/numbered-requests-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import type { RequestFacts } from '../../provider/core/deciding/authentication-request.ts';
import type { NumberMatching } from '../../provider/core/deciding/number-matching.ts';
import { freezeDetails } from '../../provider/core/deciding/shown-details.ts';
import { GRANT, NOW } from '../core/given.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

describeOnEngines('numbers that have to be entered', (name) => {
  let engine: EngineUnderTest;
  let transactions: Table;
  let asking: RequestsTable;
  let deciding: DecidableRequestsTable;
  let redeeming: RedeemableRequestsTable;
  let numbers: NumberedRequestsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    const directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
    asking = new RequestsTable(transactions, entropy);
    deciding = new DecidableRequestsTable({ directory, transactions }, entropy);
    redeeming = new RedeemableRequestsTable(transactions, entropy);
    numbers = new NumberedRequestsTable(transactions, entropy);
  });
  afterAll(() => engine?.close());

  async function ask(numberMatching: NumberMatching): Promise<RequestFacts> {
    const requestId = entropy.secret();
    const sub = entropy.id();
    const registration = { clientId: 'bank', registrationId: 'registration-1' };
    const life = { issuedAt: NOW, expiresAt: NOW + 120, intervalSeconds: 5, nextPollAt: 0 };
    const request = { requestId, ...registration, sub, profileId: 'profile-1', ...life, numberMatching };
    const asked = { clientId: 'bank', scopes: ['openid'], audience: ['urn:x'], acrValues: undefined };
    const shown = { issuer: 'https://op.example/', clientName: 'Bank', sub, requestId, expiresAt: NOW + 120 };
    const details = freezeDetails({ ...shown, ...asked, scopes: [], bindingMessage: undefined });
    const number = numberMatching === 'phone_enters' ? '42' : undefined;
    await asking.create({ request, asked, details, number });
    return request;
  }
  const decide = (
    request: RequestFacts,
    decision: Parameters<DecidableRequestsTable['recordDecision']>[0]['decision'],
  ) => deciding.recordDecision({ requestId: request.requestId, owner: request, decision, now: NOW });
  const approve = (request: RequestFacts, deviceId = 'phone', number: string | undefined = '42') =>
    decide(request, { decision: 'approve', grant: { ...GRANT, sub: request.sub, deviceId }, number });
  const find = async (request: RequestFacts) => {
    const found = await numbers.findRequest(request.requestId);
    if (!found) throw new Error('the request is gone');
    return found;
  };
  async function awaiting() {
    const request = await ask('client_enters');
    expect(await approve(request)).toEqual({ recorded: true });
    const found = await find(request);
    if (found.state !== 'awaiting_number') throw new Error('no approval waits');
    return found;
  }
  const itemOf = ({ requestId }: RequestFacts) => transactions.get(requestKey(requestId));

  it('the number that a phone has to enter is read with the request, and with nothing that a phone is shown', async () => {
    const request = await ask('phone_enters');
    expect(await find(request)).toMatchObject({ state: 'pending', number: '42', numberMatching: 'phone_enters' });
    const { stored, ...frozen } = (await deciding.findDetails(request, request.requestId)) ?? {};
    expect(stored).toMatchObject({ number: '42' });
    const shown = [await deciding.listPending(request, NOW), frozen];
    expect(shown).toMatchObject([
      [{ requestId: request.requestId, expiresAt: NOW + 120, numberMatching: 'phone_enters' }],
      { expiresAt: NOW + 120, numberMatching: 'phone_enters' },
    ]);
    expect(JSON.stringify(shown)).not.toContain('"number":');
    const details = await transactions.get(detailsKey(request.sub, request.requestId));
    expect(Object.keys(details ?? {})).not.toContain('number');
  });

  it('of 100 wrong ones at once, judged again as often as needed, three are counted, and the third fails the request', async () => {
    const request = await ask('phone_enters');
    const counted = await Promise.all(
      Array.from({ length: 100 }, async () => {
        let read = await find(request);
        for (;;) {
          if (read.state !== 'pending') return false;
          const outcome = await numbers.recordWrongNumber({ request: read, now: NOW });
          if (outcome.recorded) return true;
          if (!outcome.stored) throw new Error('the request is gone');
          read = outcome.stored;
        }
      }),
    );
    expect(counted.filter(Boolean)).toHaveLength(3);
    expect(await find(request)).toMatchObject({ state: 'failed', because: 'wrong_number', wrongNumbers: 3 });
    expect(Object.keys((await itemOf(request)) ?? {})).not.toContain('number');
  });

  it('an approval is not recorded if a number was counted since its own was compared, and a denial is', async () => {
    const request = await ask('phone_enters');
    await numbers.recordWrongNumber({ request, now: NOW });
    const decision = { decision: 'approve', grant: { ...GRANT, sub: request.sub } } as const;
    expect(await decide(request, decision)).toMatchObject({ recorded: false, stored: { wrongNumbers: 1 } });
    const owner = { requestId: request.requestId, owner: request, now: NOW };
    expect(await deciding.recordDecision({ ...owner, decision, wrongNumbers: 1 })).toEqual({ recorded: true });
    const other = await ask('phone_enters');
    await numbers.recordWrongNumber({ request: other, now: NOW });
    expect(await decide(other, { decision: 'deny', deviceId: 'phone' })).toEqual({ recorded: true });
  });

  it('an approval waits under the state pending, so that nothing redeems it, and polls are pending', async () => {
    const request = await awaiting();
    expect(request).toMatchObject({ number: '42', grant: { deviceId: 'phone' } });
    expect(await itemOf(request)).toMatchObject({ state: 'pending' });
    expect(await redeeming.claimApproved({ request, now: NOW })).not.toMatchObject({ recorded: true });
    expect((await find(request)).state).toBe('awaiting_number');
    const poll = { requestId: request.requestId, clientId: 'bank', registrationId: 'registration-1', now: NOW };
    expect(await redeeming.recordPoll(poll)).toEqual({ recorded: true });
    expect(await redeeming.recordPoll(poll)).toMatchObject({ recorded: false, stored: { state: 'awaiting_number' } });
  });

  it('another approval is not recorded beside one that waits; a denial is, and leaves nothing of the approval', async () => {
    const request = await awaiting();
    expect(await approve(request, 'tablet', '77')).toMatchObject({ recorded: false, stored: { number: '42' } });
    expect(await approve(request, 'phone', '77')).toMatchObject({ recorded: false, stored: { number: '42' } });
    expect(await decide(request, { decision: 'deny', deviceId: 'tablet' })).toEqual({ recorded: true });
    expect(await find(request)).toMatchObject({ state: 'denied', deviceId: 'tablet' });
    expect(Object.keys((await itemOf(request)) ?? {}).filter((one) => /grant|^number$/.test(one))).toEqual([]);
    expect(await numbers.recordMatch({ request, now: NOW })).toMatchObject({ recorded: false });
  });

  it('the number that a phone had to enter is gone with the decision, whichever it is', async () => {
    const [approved, denied, unreached] = [
      await ask('phone_enters'),
      await ask('phone_enters'),
      await ask('phone_enters'),
    ];
    expect(await itemOf(approved)).toHaveProperty('number');
    const { sub } = approved;
    await decide(approved, { decision: 'approve', grant: { ...GRANT, sub, deviceId: 'phone' } });
    await decide(denied, { decision: 'deny', deviceId: 'phone' });
    await asking.recordUnreached(unreached.requestId);
    for (const request of [approved, denied, unreached]) expect(await itemOf(request)).not.toHaveProperty('number');
    expect(await itemOf(approved)).toMatchObject({ state: 'approved', grant: expect.any(String) });
  });

  it('a request for which no phone rang has failed, also if an approval waited for its number', async () => {
    const request = await awaiting();
    await asking.recordUnreached(request.requestId);
    const item = await itemOf(request);
    expect(item).toMatchObject({ state: 'failed' });
    for (const gone of ['grant', 'number']) expect(item).not.toHaveProperty(gone);
  });

  it('of 50 right ones at once, one makes the approval count, and the number is gone', async () => {
    const request = await awaiting();
    const matched = await Promise.all(Array.from({ length: 50 }, () => numbers.recordMatch({ request, now: NOW })));
    expect(matched.filter(({ recorded }) => recorded)).toHaveLength(1);
    expect(await find(request)).toMatchObject({ state: 'approved', grant: request.grant });
    expect(Object.keys((await itemOf(request)) ?? {})).not.toContain('number');
  });

  it.each([
    ['another client', { clientId: 'shop' }, NOW],
    ['a former client with the id', { registrationId: 'registration-2' }, NOW],
    ['a request that is over', {}, NOW + 120],
    ['a count that has changed', { wrongNumbers: 1 }, NOW],
  ])('none is recorded for %s', async (_of, different, now) => {
    const request = { ...(await awaiting()), ...different };
    expect(await numbers.recordMatch({ request, now })).toMatchObject({ recorded: false });
    expect(await numbers.recordWrongNumber({ request, now })).toMatchObject({ recorded: false });
  });

  it('a right and three wrong ones at once: the approval counts, or the request has failed', async () => {
    const request = await awaiting();
    const wrong = async () => {
      let read: Awaited<ReturnType<typeof find>> | undefined = request;
      while (read?.state === 'awaiting_number') {
        const outcome = await numbers.recordWrongNumber({ request: read, now: NOW });
        if (outcome.recorded) return;
        read = outcome.stored;
      }
    };
    const [match] = await Promise.all([numbers.recordMatch({ request, now: NOW }), wrong(), wrong(), wrong()]);
    expect((await find(request)).state).toBe(match.recorded ? 'approved' : 'failed');
  });

  it('a version that knows of no numbers finds the request over for phones, and pending for its client', async () => {
    const request = await ask('phone_enters');
    const item = await transactions.get(detailsKey(request.sub, request.requestId));
    // What that version compares with the clock before it lists, shows or answers a request.
    expect(item?.expires_at).toBe(0);
    // What it reads of an approval that waits: the state, whatever else is there.
    expect(await itemOf(await awaiting())).toMatchObject({ state: 'pending' });
    // A state that it knows, and tells as access_denied.
    for (const wrongNumbers of [undefined, 1, 2])
      await numbers.recordWrongNumber({ request: { ...request, wrongNumbers }, now: NOW });
    expect(await itemOf(request)).toMatchObject({ state: 'failed' });
  });
});

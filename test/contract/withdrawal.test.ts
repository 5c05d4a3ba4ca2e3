import { afterAll, beforeAll, expect, it } from 'vitest';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { requestKey } from '../../provider/adapters/dynamodb/forms/request-form.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { WithdrawableRequestsTable } from '../../provider/adapters/dynamodb/withdrawable-requests-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import type { RequestFacts } from '../../provider/core/deciding/authentication-request.ts';
import { GRANT } from '../core/given.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const OWN = { clientId: 'bank', registrationId: 'registration-1' };

describeOnEngines('withdrawal', (name) => {
  let engine: EngineUnderTest;
  let transactions: Table;
  let requests: RequestsTable;
  let decidable: DecidableRequestsTable;
  let redeemable: RedeemableRequestsTable;
  let withdrawable: WithdrawableRequestsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    transactions = new Table(engine.client, 'Transactions');
    const directory = new Table(engine.client, 'Directory');
    requests = new RequestsTable(transactions, entropy);
    decidable = new DecidableRequestsTable({ directory, transactions }, entropy);
    redeemable = new RedeemableRequestsTable(transactions, entropy);
    withdrawable = new WithdrawableRequestsTable(transactions, entropy);
  });
  afterAll(() => engine?.close());

  async function asked(different: Partial<RequestFacts> = {}): Promise<RequestFacts> {
    const request = {
      requestId: entropy.secret(),
      ...OWN,
      sub: 'user-1',
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + 120,
      intervalSeconds: 5,
      nextPollAt: 0,
      ...different,
    };
    await requests.createSilent({ request });
    return request;
  }
  const approve = (request: RequestFacts) =>
    decidable.recordDecision({
      requestId: request.requestId,
      owner: request,
      decision: { decision: 'approve', grant: GRANT },
      now: NOW,
    });
  const withdraw = ({ requestId }: RequestFacts, different: Partial<typeof OWN> & { now?: number } = {}) =>
    withdrawable.recordWithdrawal({ requestId, ...OWN, now: NOW, ...different });

  it('ends a pending request: nobody can approve, poll or withdraw it any more', async () => {
    const request = await asked();
    expect(await withdraw(request)).toMatchObject({ recorded: true, request, wasApproved: false });
    const stored = { state: 'failed', because: 'withdrawn' };
    expect(await approve(request)).toMatchObject({ recorded: false, stored });
    expect(await withdraw(request)).toMatchObject({ recorded: false, stored });
    const { requestId } = request;
    expect(await redeemable.recordPoll({ requestId, ...OWN, now: NOW })).toMatchObject({ recorded: false, stored });
  });

  it('ends an approval, whose grant goes, until the longest grace after the expiry', async () => {
    const request = await asked();
    await approve(request);
    expect(await withdraw(request, { now: NOW + 120 + 300 })).toMatchObject({ recorded: false });
    expect(await withdraw(request, { now: NOW + 120 + 299 })).toMatchObject({ recorded: true, wasApproved: true });
    expect(await redeemable.claimApproved({ request, now: NOW })).toMatchObject({
      recorded: false,
      stored: { because: 'withdrawn' },
    });
    expect(await transactions.get(requestKey(request.requestId))).not.toHaveProperty('grant');
  });

  it('ends an approval that waits for the number: nobody can enter it any more', async () => {
    const request = await asked({ numberMatching: 'client_enters' });
    await decidable.recordDecision({
      requestId: request.requestId,
      owner: request,
      decision: { decision: 'approve', grant: GRANT, number: '12' },
      now: NOW,
    });
    expect(await withdraw(request)).toMatchObject({ recorded: true, wasApproved: true });
    const item = await transactions.get(requestKey(request.requestId));
    expect(Object.keys(item ?? {})).not.toEqual(expect.arrayContaining(['grant']));
    expect(Object.keys(item ?? {})).not.toEqual(expect.arrayContaining(['number']));
  });

  it('ends a request that just expired, because a decision that was under way may still be committed', async () => {
    const request = await asked({ expiresAt: NOW });
    expect(await withdraw(request)).toMatchObject({ recorded: true });
  });

  it('of another client, or of a later registration of the id, writes nothing', async () => {
    const request = await asked();
    for (const other of [{ clientId: 'shop' }, { registrationId: 'registration-2' }])
      expect(await withdraw(request, other)).toMatchObject({ recorded: false, stored: { state: 'pending' } });
  });

  it('of a request that counts as denied writes nothing, and of one that soon will ends it', async () => {
    const denied = await asked({ deniedFrom: NOW });
    expect(await withdraw(denied)).toMatchObject({ recorded: false, stored: { state: 'pending' } });
    const later = await asked({ deniedFrom: NOW + 1 });
    expect(await withdraw(later)).toMatchObject({ recorded: true });
  });

  it('of an unknown id makes no item', async () => {
    const requestId = entropy.secret();
    expect(await withdrawable.recordWithdrawal({ requestId, ...OWN, now: NOW })).toEqual({ recorded: false });
    expect(await transactions.get(requestKey(requestId))).toBe(undefined);
  });

  it('and other withdrawals of a request at the same time: one succeeds, also among approvals', async () => {
    const request = await asked();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? approve(request) : withdraw(request))),
    );
    expect(outcomes.filter((outcome, index) => index % 2 === 1 && outcome.recorded)).toHaveLength(1);
    // An approval may have come before it.
    expect(outcomes.filter((outcome, index) => index % 2 === 0 && outcome.recorded).length).toBeLessThanOrEqual(1);
    const claim = await redeemable.claimApproved({ request, now: NOW });
    expect(claim).toMatchObject({ recorded: false, stored: { because: 'withdrawn' } });
  });

  it.each([false, true])('and a redemption at the same time: one of them succeeds (a push: %s)', async (isPushed) => {
    for (let round = 0; round < 5; round += 1) {
      const request = await asked();
      await approve(request);
      const sealed = { kid: 'key-1', bytes: Buffer.from([1]), until: NOW + 450 };
      const claim = { request, now: NOW, ...(isPushed && { sealed }) };
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === round % 2 ? redeemable.claimApproved(claim) : withdraw(request),
        ),
      );
      expect(outcomes.filter(({ recorded }) => recorded)).toHaveLength(1);
      const isWithdrawn = outcomes.findIndex(({ recorded }) => recorded) % 2 !== round % 2;
      const { state } = (await transactions.get(requestKey(request.requestId))) ?? {};
      expect(state).toBe(isWithdrawn ? 'failed' : 'redeemed');
    }
  });

  it('finds what a silent request opened by its auth_req_id, and nothing of a concealed one', async () => {
    const [authReqId, sub] = [entropy.secret(), entropy.id()];
    const request = await asked({ sub });
    const ids = { requestId: request.requestId, authReqId };
    expect(await withdrawable.findOpened(request, ids)).toEqual({});
    const silent = { ...request, requestId: entropy.secret(), deniedFrom: NOW + 5 };
    const silently = { sub: 'ana', profileId: 'profile-of-ana', mark: 'mark-1', questionId: 'question-1' };
    await requests.createSilent({ request: silent, sealed: { asked: silently, authReqId } });
    expect(await withdrawable.findOpened(silent, { ...ids, requestId: silent.requestId })).toEqual({ silently });
    expect(JSON.stringify(await transactions.query(`USER#${sub}`))).not.toContain('ana');
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { DeliveryKeysTable } from '../../provider/adapters/dynamodb/delivery-keys-table.ts';
import { requestKey } from '../../provider/adapters/dynamodb/forms/request-form.ts';
import { NotificationsTable } from '../../provider/adapters/dynamodb/notifications-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import type { DeliveryKey } from '../../provider/core/keys/delivery-key.ts';
import { GRANT } from '../core/given.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const SEALED = { kid: 'key-1', bytes: Buffer.from([1, 2, 250]), until: NOW + 450 };

describeOnEngines('the tokens of clients in push mode', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let transactions: Table;
  let requests: RedeemableRequestsTable;
  let notifications: NotificationsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
    requests = new RedeemableRequestsTable(transactions, entropy);
    notifications = new NotificationsTable(transactions);
  });
  afterAll(() => engine?.close());

  async function approved() {
    const request = {
      requestId: entropy.secret(),
      clientId: 'bank',
      registrationId: 'registration-1',
      sub: 'user-1',
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + 120,
      intervalSeconds: 5,
      nextPollAt: 0,
    };
    const { requestId } = request;
    const notification = { token: 'token', authReqId: 'auth-req-1' };
    await new RequestsTable(transactions, entropy).createSilent({ request, notification });
    const decisions = new DecidableRequestsTable({ directory, transactions }, entropy);
    const decision = { decision: 'approve', grant: GRANT } as const;
    await decisions.recordDecision({ requestId, owner: request, decision, now: NOW });
    return request;
  }
  const stateOf = (requestId: string) => notifications.findRequest(requestId);

  it('are stored by the write that redeems the request: of 50 at once, pushes and token calls, one succeeds', async () => {
    const request = await approved();
    const claims = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const sealed = index % 2 === 0 ? { ...SEALED, kid: `key-${index}` } : undefined;
        return (await requests.claimApproved({ request, now: NOW, ...(sealed && { sealed }) })).recorded
          ? [sealed]
          : [];
      }),
    );
    const [winner, ...others] = claims.flat();
    expect(others).toEqual([]);
    const stored = await stateOf(request.requestId);
    expect(stored).toMatchObject({ state: 'redeemed', deviceId: GRANT.deviceId });
    expect(stored?.state === 'redeemed' && stored.sealed?.kid).toBe(winner?.kid);
  });

  it('are found as they were stored, and deleted without a trace', async () => {
    const request = await approved();
    const { requestId } = request;
    expect((await requests.claimApproved({ request, now: NOW, sealed: SEALED })).recorded).toBe(true);
    const stored = await stateOf(requestId);
    const sealed = stored?.state === 'redeemed' ? stored.sealed : undefined;
    expect({ ...sealed, bytes: Buffer.from(sealed?.bytes ?? []) }).toEqual(SEALED);
    await requests.dropSealed(requestId);
    await requests.dropSealed(requestId);
    expect(await stateOf(requestId)).toMatchObject({ state: 'redeemed', sealed: undefined });
    const item = await transactions.get(requestKey(requestId));
    expect(Object.keys(item ?? {}).filter((attribute) => /seal|deliver|grant/.test(attribute))).toEqual([]);
  });

  it('are not stored for a request that is not approved, another client’s, or over', async () => {
    const request = await approved();
    const { requestId } = request;
    const late = { request, now: NOW + 180, sealed: SEALED };
    expect((await requests.claimApproved(late)).recorded).toBe(false);
    expect(
      (await requests.claimApproved({ ...late, request: { ...request, clientId: 'shop' }, now: NOW })).recorded,
    ).toBe(false);
    await requests.recordTakenBack({ request, because: 'user_blocked' });
    expect((await requests.claimApproved({ ...late, now: NOW })).recorded).toBe(false);
    expect(await stateOf(requestId)).toMatchObject({ state: 'failed' });
    await requests.dropSealed('nobody knows');
    expect(await transactions.get(requestKey('nobody knows'))).toBeUndefined();
  });

  it('keep their address for as long as they may be tried', async () => {
    const { requestId } = await approved();
    await notifications.claim({ requestId, now: NOW, until: NOW + 20, holder: 'a', keepUntil: NOW + 900 });
    const item = await transactions.get({ pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });
    expect(item).toMatchObject({ ttl: NOW + 900, auth_req_id: 'auth-req-1' });
  });

  it('are sealed with keys of which each generation is made once, and deleted by their own name only', async () => {
    const keys = new DeliveryKeysTable(directory, entropy);
    const key = (kid: string, generation = 1): DeliveryKey => ({
      kid,
      generation,
      ciphertext: Buffer.from([7]),
      createdAt: NOW,
    });
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => keys.create(key(`key-${index}`))));
    expect(made.filter(Boolean)).toHaveLength(1);
    const [first] = await keys.list();
    expect(first).toMatchObject({ generation: 1, createdAt: NOW });
    expect(await keys.create(key('second', 2))).toBe(true);
    expect((await keys.list()).map(({ generation }) => generation)).toEqual([1, 2]);
    expect(await keys.remove(key('not this one'))).toBe(false);
    if (first) expect([await keys.remove(first), await keys.remove(first)]).toEqual([true, false]);
    expect((await keys.list()).map(({ kid }) => kid)).toEqual(['second']);
  });
});

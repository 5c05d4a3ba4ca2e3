import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { LOGINS, type LoginLoad } from '../support/capacity.ts';
import { root } from '../support/code-blocks.ts';
import { bytesOf, costOfMillion, type LoginUse, recordBytes } from '../support/login-cost.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { PATIENCE_MILLISECONDS } from '../support/patience.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type TestClient, World } from '../support/world.ts';

// The tables of costs in docs/operations.md, and the counts behind docs/capacity.md, from one login of each kind with warm
// functions.

/** Dollars by which a page may differ: ids, instants and durations in lines have no fixed length. */
const TOLERANCE = 0.06;
/**
 * Milliseconds of each invocation at 1 GB, an estimate for AWS. The answer of a phone waits for two records to be stored
 * durably. A ping waits for the client's endpoint, at half a gigabyte.
 */
const MILLISECONDS = { asking: 25, pendingPoll: 8, reading: 8, answering: 35, redeeming: 20, ping: 75 };

let world: World;
let endpoint: NotificationEndpoint;
let person: Awaited<ReturnType<World['person']>>;
const costs: { poll: LoginUse; ping: LoginUse } = { poll: unused(), ping: unused() };

beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  const variables = { REQUEST_LIMITS: JSON.stringify({ perUser: { perMinute: 50, perHour: 50 } }) };
  world = await World.start({ variables, trustedCertificates: [endpoint.cert] });
  person = await world.person();
  const poll = await world.client();
  const ping = await world.client({
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: endpoint.url,
  });
  for (const measure of [() => pollLogin(poll), () => pingLogin(ping)]) await measure();
  const { asking, pendingPoll, reading, answering, redeeming } = MILLISECONDS;
  const same = asking + reading + answering + redeeming;
  costs.poll = await useOf(() => pollLogin(poll), {
    gigabyteMilliseconds: same + 4 * pendingPoll,
    outgoingBytes: 6500,
  });
  const pinged = await useOf(() => pingLogin(ping), {
    gigabyteMilliseconds: same + MILLISECONDS.ping,
    outgoingBytes: 3900,
  });
  // Sent, received, deleted.
  costs.ping = { ...pinged, invocations: pinged.apiCalls + 1, queueCalls: 3 };
}, 120_000);
afterAll(async () => {
  await world?.close();
  await endpoint?.close();
});

/** A login with four polls before the user answers. */
async function pollLogin(client: TestClient): Promise<void> {
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  for (let count = 0; count < 4; count += 1) {
    expect((await world.poll(client, authReqId)).status).toBe(400);
    world.runtime.advance(5);
  }
  await world.answer(person.phone, requestId, 'approve');
  await finish(client, authReqId);
}

/** A login whose client waits for its ping. */
async function pingLogin(client: TestClient): Promise<void> {
  const form = { login_hint: person.email, client_notification_token: 'a'.repeat(28) };
  const { authReqId, requestId } = await world.asked(client, form);
  await world.answer(person.phone, requestId, 'approve');
  // A message that overtook the decision comes again after a second.
  const clock = setInterval(() => world.runtime.advance(1), 1000);
  await endpoint.next().finally(() => clearInterval(clock));
  await vi.waitUntil(() => pingCalls(requestId).at(-1)?.action === 'UpdateItem', PATIENCE_MILLISECONDS);
  await finish(client, authReqId);
}

async function finish(client: TestClient, authReqId: string): Promise<void> {
  const answer = await world.poll(client, authReqId);
  expect(answer.status).toBe(200);
  await world.line(answer);
}

const pingCalls = (requestId: string) =>
  world.runtime.aws.calls.filter(({ caller, body }) => caller === 'client-notification' && body.includes(requestId));

/**
 * What a login uses. Of `client-notification` only the run that pinged counts: here a message often comes before the
 * decision, because all is on one machine.
 */
async function useOf(
  login: () => Promise<void>,
  estimated: Pick<LoginUse, 'gigabyteMilliseconds' | 'outgoingBytes'>,
): Promise<LoginUse> {
  const [callsBefore, linesBefore] = [world.runtime.aws.calls.length, world.logs.length];
  await login();
  const calls = requestCalls(world.runtime.aws.calls.slice(callsBefore)).filter(({ service }) => service !== 'sqs');
  const ofPing = calls.filter(({ caller }) => caller === 'client-notification').slice(-3);
  const awsCalls = [...calls.filter(({ caller }) => caller !== 'client-notification'), ...ofPing];
  const all = world.logs.slice(linesBefore);
  const isPing = (line: string) => line.includes('"service":"client-notification"');
  const lines = all.filter((line) => line.includes('"message":"request"'));
  const calledLines = lines.filter((line) => !isPing(line));
  return {
    ...estimated,
    apiCalls: calledLines.length,
    invocations: calledLines.length,
    awsCalls,
    lines: [...calledLines, ...lines.filter(isPing).slice(-1)],
    auditLines: all.filter((line) => line.includes('"message":"audit"')),
    queueCalls: 0,
  };
}

function unused(): LoginUse {
  const none = { apiCalls: 0, gigabyteMilliseconds: 0, invocations: 0, queueCalls: 0, outgoingBytes: 0 };
  return { ...none, awsCalls: [], lines: [], auditLines: [] };
}

const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((total, one) => total + one, 0);
const page = () => readFileSync(join(root, 'docs/operations.md'), 'utf8');
/** The two numbers of a row of the page. */
function rowOf(part: string): readonly number[] {
  const line = page()
    .split('\n')
    .find((one) => one.startsWith(`| ${part} |`));
  return (line ?? '').split('|').slice(2, 4).map(Number);
}

describe('what a million logins cost, in docs/operations.md', () => {
  it('is what the calls and bytes of a login say, part by part and in all', () => {
    const [poll, ping] = [costOfMillion(costs.poll), costOfMillion(costs.ping)];
    const rows = Object.keys(poll).map((part) => ({ part, measured: [poll[part] ?? 0, ping[part] ?? 0] }));
    const all = [...rows, { part: '**in all**', measured: [sum(poll), sum(ping)] }];
    const wrong = all.filter(({ part, measured }) => {
      const tolerance = part === '**in all**' ? 3 * TOLERANCE : TOLERANCE;
      const said = rowOf(part);
      return !measured.every((one, index) => Math.abs(one - (said[index] ?? Number.NaN)) <= tolerance);
    });
    const asRow = ({ part, measured: [one = 0, other = 0] }: (typeof all)[number]) =>
      `| ${part} | ${one.toFixed(2)} | ${other.toFixed(2)} |`;
    expect(wrong.map(asRow)).toEqual([]);
  });

  it('is of 8 calls of the API with four polls, and of 4 calls with a ping', () => {
    expect([costs.poll.apiCalls, costs.ping.apiCalls]).toEqual([8, 4]);
    const records = ({ awsCalls }: LoginUse) => awsCalls.filter(({ service }) => service === 'firehose').length;
    expect([records(costs.poll), records(costs.ping)]).toEqual([2, 2]);
  });

  it('names the bytes of the two records of a decision within a tenth', () => {
    const records = costs.poll.awsCalls.filter(({ service }) => service === 'firehose');
    const [evidence = 0, outcome = 0] = records.map((call) => recordBytes(call) / 1000);
    const named = (text: string, part: string) => Number(new RegExp(`(\\d+(?:\\.\\d+)?) KB${part}`).exec(text)?.[1]);
    const adr = readFileSync(join(root, 'docs/adr/0022-records-that-are-stored-before-the-change.md'), 'utf8');
    for (const [said, measured] of [
      [named(page(), ' of evidence'), evidence],
      [named(page(), ' of outcome'), outcome],
      [named(page(), ' for a decision'), evidence + outcome],
      [named(adr, ' and an outcome'), evidence],
      [named(adr, '\\. So a decision'), outcome],
    ] as const)
      expect(Math.abs(measured / said - 1), `${measured} KB, not ${said}`).toBeLessThan(0.1);
  });

  it('names the bytes of logs within a tenth', () => {
    const [, poll, ping] =
      /(\d+(?:\.\d+)?) KB of lines and audit lines with four polls, (\d+(?:\.\d+)?) KB with a ping/.exec(page()) ?? [];
    const kilobytes = ({ lines, auditLines }: LoginUse) => bytesOf([...lines, ...auditLines]) / 1000;
    expect(Math.abs(kilobytes(costs.poll) / Number(poll) - 1)).toBeLessThan(0.1);
    expect(Math.abs(kilobytes(costs.ping) / Number(ping) - 1)).toBeLessThan(0.1);
  });
});

type Table = 'Directory' | 'Transactions';
type BatchedKeys = Readonly<Partial<Record<Table, { readonly Keys: readonly object[] }>>>;

/** The read units of a call in one table. All reads of a login are strongly consistent, of items below 4 KB. */
function readUnits({ action, input }: AwsCall, table: Table): number {
  if (action === 'BatchGetItem') return (input['RequestItems'] as BatchedKeys)[table]?.Keys.length ?? 0;
  const isRead = action === 'GetItem' || action === 'Query';
  if (isRead && input['TableName'] === table) expect(input['ConsistentRead'], action).toBe(true);
  return isRead && input['TableName'] === table ? 1 : 0;
}

/** What a login asked of AWS, as docs/capacity.md counts it. */
function loadOf({ awsCalls, lines, auditLines }: LoginUse): LoginLoad {
  const ofService = (service: string) => lines.filter((line) => line.includes(`"service":"${service}"`)).length;
  const calls = (service: AwsCall['service']) => awsCalls.filter((call) => call.service === service);
  const units = (table: Table) => calls('dynamodb').reduce((total, call) => total + readUnits(call, table), 0);
  const ofClient = ({ action, body }: AwsCall) => action === 'GetItem' && body.includes('CLIENT#');
  return {
    authenticationCalls: ofService('backchannel-authentication'),
    tokenCalls: ofService('token'),
    deviceCalls: ofService('device'),
    pings: ofService('client-notification'),
    writeUnits: calls('dynamodb').filter(({ action }) => /^(Put|Update|Delete)Item$/.test(action)).length,
    requestReadUnits: units('Transactions'),
    directoryReadUnits: units('Directory'),
    clientReads: calls('dynamodb').filter(ofClient).length,
    publishes: calls('sns').length,
    records: calls('firehose').length,
    recordKilobytes: calls('firehose').reduce((total, call) => total + recordBytes(call) / 1000, 0),
    lines: lines.length + auditLines.length,
    lineKilobytes: bytesOf([...lines, ...auditLines]) / 1000,
  };
}

describe('what one login asks of AWS, in docs/capacity.md', () => {
  it.each(['poll', 'ping'] as const)('is what a login did, in %s mode', (mode) => {
    const { recordKilobytes, lineKilobytes, ...counts } = loadOf(costs[mode]);
    const { recordKilobytes: saidOfRecords, lineKilobytes: saidOfLines, ...said } = LOGINS[mode];
    expect(counts).toEqual(said);
    expect(Math.abs(recordKilobytes / saidOfRecords - 1), `${recordKilobytes}`).toBeLessThan(0.1);
    expect(Math.abs(lineKilobytes / saidOfLines - 1), `${lineKilobytes}`).toBeLessThan(0.1);
  });

  it('writes to Transactions alone', () => {
    const writes = [...costs.poll.awsCalls, ...costs.ping.awsCalls].filter(({ action }) =>
      /^(Put|Update|Delete)Item$/.test(action),
    );
    expect(new Set(writes.map(({ input }) => input['TableName']))).toEqual(new Set(['Transactions']));
  });
});

describe('what rings phones again, in docs/capacity.md', () => {
  /** What calls ask of DynamoDB and SNS, in the words of the page. */
  const inWords = (calls: readonly AwsCall[]) => {
    const reads = (table: Table) => calls.reduce((total, call) => total + readUnits(call, table), 0);
    const writes = calls.filter(({ action }) => action === 'UpdateItem').length;
    const units = `${writes} write units, ${reads('Transactions')} read units of Transactions and ${reads('Directory')} of Directory`;
    return { units, publishes: calls.filter(({ service }) => service === 'sns').length };
  };
  const saidOf = (what: string) =>
    readFileSync(join(root, 'docs/capacity.md'), 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| ${what}`));
  const callsFrom = (start: number, caller: string) =>
    requestCalls(world.runtime.aws.calls.slice(start)).filter((call) => call.caller === caller);

  it('is what a resend did', async () => {
    const client = await world.client();
    const { authReqId } = await world.asked(client, { login_hint: person.email });
    world.runtime.advance(45);
    const start = world.runtime.aws.calls.length;
    const answer = await world.post('/bc-authorize/resend', client, { auth_req_id: authReqId });
    expect(answer.status).toBe(200);
    await world.line(answer);
    const { units, publishes } = inWords(callsFrom(start, 'backchannel-authentication'));
    expect(publishes).toBe(1);
    expect(saidOf('each [resend]')).toContain(units);
  });
});

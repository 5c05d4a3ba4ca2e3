import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { costOfEvents, type EventUse } from '../support/login-cost.ts';
import { PATIENCE_MILLISECONDS } from '../support/patience.ts';
import { PublishedEvents } from '../support/published-events.ts';
import { World } from '../support/world.ts';

// What the events of a login cost more, from the calls and bytes of the function `events` (docs/operations.md).

/** Dollars by which the page may differ: ids and durations in lines have no fixed length. */
const TOLERANCE = 0.06;
/** Milliseconds of a run at 1 GB, an estimate for AWS: 60 at a quarter of a gigabyte, cold starts included. */
const RUN_GIGABYTE_MILLISECONDS = 15;

let world: World;
let use: EventUse;
beforeAll(async () => {
  const events = new PublishedEvents();
  world = await World.start({ onEvent: events.add });
  const { email, phone } = await world.person();
  const client = await world.client();
  // The stream is read in order, so every earlier change is done once the last one is told. A run writes its line after
  // it has put its events; the lines of earlier runs are not those of the login.
  await events.next('client_created', { client_id: client.client_id });
  const told = () => world.logs.filter((line) => /"service":"events".*"events":[1-9]/.test(line)).length;
  const puts = () =>
    world.runtime.aws.calls.filter(({ caller, action }) => caller === 'events' && action === 'PutEvents');
  await vi.waitUntil(() => told() === puts().length, { timeout: PATIENCE_MILLISECONDS, interval: 10 });
  const [calls, lines] = [world.runtime.aws.calls.length, world.logs.length];
  const { authReqId, requestId } = await world.asked(client, { login_hint: email });
  await events.next('authentication_requested');
  await world.poll(client, authReqId);
  await world.answer(phone, requestId, 'approve');
  await events.next('authentication_approved');
  world.runtime.advance(5);
  expect((await world.poll(client, authReqId)).status).toBe(200);
  world.runtime.advance(160);
  const own = () => world.runtime.aws.calls.slice(calls).filter(({ caller }) => caller === 'events');
  const deletes = () => own().filter(({ action }) => action === 'DeleteMessage');
  await vi.waitUntil(() => deletes().length === 1, { timeout: PATIENCE_MILLISECONDS, interval: 10 });
  const ownLines = world.logs.slice(lines).filter((line) => line.includes('"service":"events"'));
  use = {
    awsCalls: own(),
    lines: ownLines,
    invocations: ownLines.length,
    gigabyteMilliseconds: ownLines.length * RUN_GIGABYTE_MILLISECONDS,
    // Sent, received, deleted. Empty receives are in the row of what a month costs.
    queueCalls: 3,
  };
});
afterAll(() => world?.close());

it('a login has two events and one reminder, in three runs', () => {
  const actions = use.awsCalls.map(({ action }) => action).filter((action) => action !== 'ReceiveMessage');
  expect(actions.toSorted()).toEqual(['DeleteMessage', 'GetItem', 'PutEvents', 'PutEvents', 'SendMessage']);
  expect(use.invocations).toBe(3);
});

it('a million logins with events cost as much more as docs/operations.md says', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const [, said] = /\| \[events for other systems\]\(events\.md\)[^|]*\| (\d+\.\d+) \|/.exec(page) ?? [];
  expect(Math.abs(costOfEvents(use) - Number(said)), `${costOfEvents(use)}`).toBeLessThan(TOLERANCE);
});

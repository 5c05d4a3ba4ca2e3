import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { jsonAnswer } from './json-answer.ts';
import type { AwsService } from './server.ts';

/** The most entries in one call, and the most bytes of all their texts. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 256 * 1024;

const entry = v.object({
  EventBusName: v.string(),
  Source: v.string(),
  DetailType: v.string(),
  Time: v.number(),
  Detail: v.string(),
});
const input = v.object({ Entries: v.pipe(v.array(entry), v.minLength(1), v.maxLength(MOST_ENTRIES)) });

/** An event as a bus passes it on, with the members that a rule may look at. */
export type BusEvent = {
  /** Given by EventBridge: another one for each time that the event is sent. */
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  /** In ISO 8601. */
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** EventBridge, with calls to put events on the one bus that exists. It hands each event on. */
export function createEventBridgeService(bus: string, onEvent: (event: BusEvent) => void): AwsService {
  return async (call) => {
    if (call.action !== 'PutEvents') return refused('UnknownOperationException', `no stand-in for ${call.action}`);
    const parsed = v.safeParse(input, call.input);
    if (!parsed.success || call.body.length > MOST_BYTES) return refused('ValidationException', 'not a valid call');
    const { Entries } = parsed.output;
    if (Entries.some(({ EventBusName }) => EventBusName !== bus))
      return refused('ResourceNotFoundException', 'there is no such event bus');
    const events = Entries.map(eventFrom);
    for (const event of events) onEvent(event);
    return jsonAnswer('1.1', { FailedEntryCount: 0, Entries: events.map(({ id: EventId }) => ({ EventId })) });
  };
}

function eventFrom({ Source: source, DetailType, Time, Detail }: v.InferOutput<typeof entry>): BusEvent {
  const time = new Date(Time * 1000).toISOString();
  return { id: randomUUID(), source, 'detail-type': DetailType, time, detail: JSON.parse(Detail) };
}

function refused(__type: string, message: string) {
  return jsonAnswer('1.1', { __type, message }, 400);
}

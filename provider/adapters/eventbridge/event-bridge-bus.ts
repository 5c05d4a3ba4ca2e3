import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { EVENT_SOURCE, type ProviderEvent } from '../../core/operating/provider-event.ts';
import type { EventBus } from '../../flows/operating/ports.ts';
import type { Resources } from '../config.ts';
import { createSignedCall, pauseBefore, type SignedAnswer, TRIES } from '../signed-call.ts';
import { detailOf } from './event-detail.ts';

/**
 * The most entries that EventBridge takes in one call. An event has at most 2 KB, so ten of them are far below its limit
 * of 256 KB, which newer regions raised to 1 MB.
 */
const MOST_ENTRIES = 10;

const accepted = v.object({ Entries: v.array(v.object({ EventId: v.optional(v.string()) })) });
const refusal = v.object({ __type: v.pipe(v.string(), v.regex(/\w+$/)) });

/** An event bus of EventBridge. */
export class EventBridgeBus implements EventBus {
  readonly #putEvents: (input: object) => Promise<SignedAnswer>;
  readonly #bus: string;

  constructor(
    dynamodb: DynamoDBClient,
    { bus, ...address }: Pick<Resources['events'], 'bus' | 'endpoint' | 'milliseconds'>,
  ) {
    this.#bus = bus;
    this.#putEvents = createSignedCall(dynamodb, { service: 'events', target: 'AWSEvents.PutEvents', ...address });
  }

  /** Sends the events in their order, ten at a time. What is not accepted is sent again a few times. */
  async publish(events: readonly ProviderEvent[]): Promise<readonly ProviderEvent[]> {
    const refused: ProviderEvent[] = [];
    for (let start = 0; start < events.length; start += MOST_ENTRIES)
      refused.push(...(await this.#publishFew(events.slice(start, start + MOST_ENTRIES))));
    return refused;
  }

  async #publishFew(events: readonly ProviderEvent[]): Promise<readonly ProviderEvent[]> {
    let left = events;
    for (let tried = 0; tried < TRIES && left.length > 0; tried += 1) {
      await pauseBefore(tried);
      try {
        left = await this.#put(left);
      } catch (error) {
        if (tried === TRIES - 1) throw error;
      }
    }
    return left;
  }

  /** Sends events once. Returns those that were not accepted: EventBridge answers for each entry, in their order. */
  async #put(events: readonly ProviderEvent[]): Promise<readonly ProviderEvent[]> {
    const { status, text } = await this.#putEvents({ Entries: events.map((event) => this.#entryOf(event)) });
    if (status !== 200) throw faultOf(status, text);
    const { Entries } = v.parse(accepted, JSON.parse(text));
    return events.filter((_, index) => Entries[index]?.EventId === undefined);
  }

  #entryOf(event: ProviderEvent): object {
    return {
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: event.event,
      Time: event.at,
      Detail: JSON.stringify(detailOf(event)),
    };
  }
}

/** Makes a fault with the name that EventBridge gave it. The log has the names of faults, and not their messages. */
function faultOf(status: number, text: string): Error {
  const named = v.safeParse(v.pipe(v.string(), v.parseJson(), refusal), text);
  const fault = new Error(`EventBridge answered ${status}`);
  fault.name = named.success ? (named.output.__type.split('#').at(-1) ?? '') : `EventBridge${status}`;
  return fault;
}

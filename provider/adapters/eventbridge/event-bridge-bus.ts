import * as v from 'valibot';
import { EVENT_SOURCE, type ProviderEvent } from '../../core/operating/provider-event.ts';
import type { EventBus } from '../../flows/operating/ports.ts';
import type { SignedCalls } from '../signed-calls.ts';
import { detailOf } from './event-detail.ts';

/**
 * The most entries that EventBridge takes in one call. An event has at most 2 KB, so ten of them are far below its limit
 * of 1 MB, which was 256 KB until January 2026.
 */
const MOST_ENTRIES = 10;
/** How often an entry is sent, as by the clients of the SDK. */
const TRIES = 3;
/** The pause before the second try, in milliseconds. It doubles. */
const FIRST_PAUSE_MILLISECONDS = 100;

const accepted = v.object({ Entries: v.array(v.object({ EventId: v.optional(v.string()) })) });
const refusal = v.object({ __type: v.pipe(v.string(), v.regex(/\w+$/)) });

/** An event bus of EventBridge. */
export class EventBridgeBus implements EventBus {
  readonly #calls: SignedCalls;
  readonly #bus: string;
  readonly #milliseconds: number;

  /** `milliseconds` is how long each try of a call may take. */
  constructor(calls: SignedCalls, { bus, milliseconds }: { readonly bus: string; readonly milliseconds: number }) {
    this.#calls = calls;
    this.#bus = bus;
    this.#milliseconds = milliseconds;
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
      if (tried > 0) await pause(FIRST_PAUSE_MILLISECONDS * 2 ** (tried - 1));
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
    const { status, text } = await this.#calls.send({
      service: 'events',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
      body: JSON.stringify({ Entries: events.map((event) => this.#entryOf(event)) }),
      milliseconds: this.#milliseconds,
    });
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Makes a fault with the name that EventBridge gave it. The log has the names of faults, and not their messages. */
function faultOf(status: number, text: string): Error {
  const named = v.safeParse(v.pipe(v.string(), v.parseJson(), refusal), text);
  const fault = new Error(`EventBridge answered ${status}`);
  fault.name = named.success ? (named.output.__type.split('#').at(-1) ?? '') : `EventBridge${status}`;
  return fault;
}

import * as v from 'valibot';
import { EVENT_SOURCE, type ProviderEvent } from '../../core/operating/provider-event.ts';
import type { EventBus } from '../../flows/operating/ports.ts';
import {
  type Connected,
  faultOf,
  jsonCall,
  NEVER_AGAIN,
  type SendSigned,
  signedCalls,
  tryAgain,
} from '../signed-calls.ts';
import { detailOf } from './event-detail.ts';

/**
 * The most entries that EventBridge takes in one call. An event has at most 2 KB, so ten of them are far below its
 * limit of 1 MB, which was 256 KB until January 2026.
 */
const MOST_ENTRIES = 10;

const accepted = v.object({ Entries: v.array(v.object({ EventId: v.optional(v.string()) })) });

type Bus = {
  readonly bus: string;
  readonly endpoint: string | undefined;
  /** How long each try of a call may take. */
  readonly milliseconds: number;
};

/** An event bus of EventBridge. */
export class EventBridgeBus implements EventBus {
  readonly #send: SendSigned;
  readonly #bus: string;

  constructor(client: Connected, { bus, endpoint, milliseconds }: Bus) {
    // Each try sends what is left of the events, so this class repeats its calls itself.
    this.#send = signedCalls(client, { service: 'events', endpoint, milliseconds, pauses: NEVER_AGAIN });
    this.#bus = bus;
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
    const putLeft = async () => {
      left = await this.#put(left);
      return left;
    };
    return tryAgain(putLeft, ({ length }) => length === 0);
  }

  /** Sends events once. Returns those that were not accepted: EventBridge answers for each entry, in their order. */
  async #put(events: readonly ProviderEvent[]): Promise<readonly ProviderEvent[]> {
    const entries = events.map((event) => this.#entryOf(event));
    const answer = await this.#send(jsonCall('AWSEvents.PutEvents', { Entries: entries }));
    if (answer.statusCode !== 200) throw faultOf('EventBridge', answer);
    const { Entries } = v.parse(accepted, JSON.parse(answer.body));
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

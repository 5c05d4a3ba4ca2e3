import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { BusEvent } from '../../local/aws/event-bridge.ts';
import type { ProviderEventName } from '../../provider/core/operating/provider-event.ts';
import { schemaErrors } from './json-schema.ts';
import { PATIENCE_MILLISECONDS } from './patience.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));

/** What a provider published, in order. Each event is checked against the schema of the documents. */
export class PublishedEvents {
  all: readonly BusEvent[] = [];
  #errors: readonly string[] = [];

  readonly add = (event: BusEvent): void => {
    this.all = [...this.all, event];
    this.#errors = [...this.#errors, ...schemaErrors(SCHEMA, event)];
  };

  /** Forgets what was published, so that a test sees only its own. */
  clear(): void {
    this.all = [];
  }

  /** Returns the details of the events of one kind, repeats included. */
  of(name: ProviderEventName): readonly BusEvent['detail'][] {
    return this.all.filter((event) => event['detail-type'] === name).map(({ detail }) => detail);
  }

  /** The names of the events, each once, in the order in which they were first published. */
  get names(): readonly string[] {
    const first = new Map(this.all.toReversed().map((event) => [event.detail['id'], event['detail-type']]));
    return [...first.values()].toReversed();
  }

  /** Waits for an event of a kind about something, and returns its detail. */
  async next(name: ProviderEventName, about: BusEvent['detail'] = {}): Promise<BusEvent['detail']> {
    const givenUpAt = performance.now() + PATIENCE_MILLISECONDS;
    while (performance.now() < givenUpAt) {
      const found = this.of(name).find((detail) => Object.entries(about).every(([key, is]) => detail[key] === is));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no event ${name}, but ${this.names.join(' ')}`);
  }

  /** Each one was an event of the documents. */
  expectValid(): void {
    expect(this.#errors).toEqual([]);
  }
}

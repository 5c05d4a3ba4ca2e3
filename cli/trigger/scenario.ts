import type { Ending } from './ending.ts';
import type { Stage, TrialPerson } from './stage.ts';
import type { Exchange } from './wire.ts';

/** A request of an application's own client, which a scenario answers. */
export type OwnRequest = {
  readonly person: TrialPerson;
  readonly requestId: string;
  /** In epoch seconds. */
  readonly expiresAt: number;
};

/** A way in which a login goes. The list, the help, the completion and docs/cli.md are made from these. */
export type Scenario = {
  readonly name: string;
  /** A sentence for the list. */
  readonly about: string;
  /** `local`: a phone that is rung, a fault or another clock, which only the local runtime has. */
  readonly needs: 'local' | 'provider';
  /** The last answer, and who gets it. */
  readonly ends: Ending & { readonly by?: 'client' | 'phone' };
  /** What whoever gets the last answer should do. */
  readonly next: string;
  /** The section of the standard. */
  readonly standard: string;
  /** The section of a document of this project. */
  readonly page: string;
  /** When it goes another way without a fault of the provider. */
  readonly unless?: string;
  /** Plays it, and returns the exchange with the last answer. Throws `Different` where it goes another way before. */
  play(stage: Stage): Promise<Exchange>;
  /** Plays the side of the user alone, for a request that an application made. Absent if that shows nothing. */
  answer?(stage: Stage, request: OwnRequest): Promise<unknown>;
  /** Whether the application sees the end only when its request expires. */
  readonly lastsUntilExpiry?: boolean;
};

/** Scenarios about one thing. */
export type ScenarioGroup = { readonly title: string; readonly scenarios: readonly Scenario[] };

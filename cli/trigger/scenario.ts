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

/** What a scenario does around the calls of an application. */
export type OwnSide = {
  /** Done before the application asks, which it is to do within five minutes then. */
  prepare?(stage: Stage, person: TrialPerson): Promise<unknown>;
  /** Done when its request was accepted. Absent if the application gets the last answer when it asks. */
  answer?(stage: Stage, request: OwnRequest): Promise<unknown>;
  /** Whether there is an end only when the request expires. Many clients stop then without a call. */
  readonly lastsUntilExpiry?: boolean;
};

/** A way in which a login goes. The list, the help, the completion and docs/cli.md are made from these. */
export type Scenario = {
  readonly name: string;
  /** A sentence for the list. */
  readonly about: string;
  /** `local`: a phone that is rung, a fault or another clock, which only the local runtime has. */
  readonly needs: 'local' | 'provider';
  /** The last answer, and who gets it: the provider, where the client answers a push. */
  readonly ends: Ending & { readonly by?: 'client' | 'phone' | 'provider' };
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
  /** Everything but the client, for an application that asks by itself. Absent if that shows nothing. */
  readonly own?: OwnSide;
};

/** Scenarios about one thing. */
export type ScenarioGroup = { readonly title: string; readonly scenarios: readonly Scenario[] };

import type { Fate } from './fates.ts';

// What a function runs as: an invocation, and the calls that it makes.

/** A call of AWS, or of a client's endpoint. */
export type CallOf<Answer> = {
  /** In domain words, for the story: "reads the client Harbor Bank". */
  readonly words: string;
  /** What it is, for the promises. */
  readonly kind: string;
  /** Takes effect and answers. Throws what the service answers as an error. `attempt` counts from 1. */
  effect(attempt: number): Answer;
  /** What the caller gets if no answer comes. Throws, or returns an outcome. */
  readonly outage: () => Answer;
  /** False if nothing repeats a call whose answer was lost. */
  readonly isRepeated?: boolean;
};

/** A call that was made: `issuedAt` and `effectAt` are places in the order of everything that happens. */
export type MadeCall = {
  readonly kind: string;
  readonly issuedAt: number;
  /** In epoch seconds. */
  readonly clock: number;
  effectAt?: number;
  fate?: Fate;
};

/** One invocation of a function. */
export type Invocation = {
  readonly number: number;
  /** Who calls for what, in domain words. */
  readonly title: string;
  readonly startedAt: number;
  readonly startedClock: number;
  readonly timeoutSeconds: number;
  state: 'running' | 'over' | 'dead';
  readonly calls: MadeCall[];
  /** Whether a call of it failed, or was left without an answer. */
  isDisturbed: boolean;
  /** Whether each step of it stands in the story. */
  isTold: boolean;
  endedAt?: number;
};

import type { Fate } from '../world/fates.ts';
import type { Ask } from '../world/history.ts';
import type { Health } from '../world/world.ts';

/**
 * How the calls of AWS of an invocation go on. `at once`: all are answered. `step by step`: each waits for a step. `stops`:
 * so many are answered, and the next one waits. `meets`: so many are answered, the next one meets its fate, and those after
 * it are answered if the function still runs.
 */
export type Pace =
  | { readonly how: 'at once' | 'step by step' }
  | { readonly how: 'stops'; readonly after: number }
  | { readonly how: 'meets'; readonly after: number; readonly fate: Fate };

/** How somebody decides. `report`: a denial that reports fraud. */
export type Decision = 'approve' | 'deny' | 'report';
/** Which number somebody types: the one that they can see, or another one. */
export type Typed = 'right' | 'wrong';
/** What time is passed to: almost the end of a request, its reminder, or the end of the pause before a resend. */
export const INSTANTS = ['end', 'reminder', 'resend'] as const;
type Instant = (typeof INSTANTS)[number];

export const OPERATOR_ACTS = [
  'blocks a user',
  'unblocks a user',
  'removes a device',
  'removes a client',
  'registers another client',
  'narrows a client',
  'ends a report',
] as const;
type OperatorAct = (typeof OPERATOR_ACTS)[number];

/** A move that starts an invocation. */
export type StartingMove = { readonly pace: Pace } & (
  | (Pick<Ask, 'code'> & {
      readonly move: 'ask';
      readonly client: number;
      readonly sub: 'ana' | 'ben' | 'nobody';
      readonly expiry: number;
    })
  | {
      readonly move: 'answer';
      readonly request: number;
      readonly phone: number;
      readonly how: Decision;
      readonly typed: Typed;
    }
  | { readonly move: 'poll' | 'withdraw' | 'resend'; readonly request: number }
  | { readonly move: 'enter'; readonly request: number; readonly typed: Typed }
  | { readonly move: 'deliver'; readonly message: number; readonly isTwice: boolean }
  | { readonly move: 'operator'; readonly does: OperatorAct; readonly which: number }
);

/**
 * One move of a run. Numbers choose among what is there at that moment: a request, a phone, a waiting call. 0 is the
 * latest request. A move that has nothing to choose from does nothing, so that a run stays a run when moves are taken out
 * of it.
 */
export type Move =
  | StartingMove
  | { readonly move: 'step'; readonly call: number; readonly fate: Fate }
  | { readonly move: 'finish'; readonly call: number }
  | { readonly move: 'wait'; readonly seconds: number }
  | { readonly move: 'approach'; readonly request: number; readonly instant: Instant; readonly offset: number }
  | { readonly move: 'endpoint'; readonly client: number; readonly health: Health };

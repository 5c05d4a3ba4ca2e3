import fc from 'fast-check';
import { NUMBER_MATCHING } from '../../../provider/core/deciding/number-matching.ts';
import { FATES, type Fate } from '../world/fates.ts';
import type { Scene } from '../world/scene.ts';
import type { Health } from '../world/world.ts';
import {
  type Decision,
  INSTANTS,
  type Move,
  OPERATOR_ACTS,
  type Pace,
  type StartingMove,
  type Typed,
} from './moves.ts';

/** A run: where it is played, and what happens. */
export type Run = { readonly scene: Scene; readonly moves: readonly Move[] };

const small = fc.nat({ max: 7 });
/** Most often the latest request, so that what happens to it adds up. */
const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: small });
const client = fc.nat({ max: 2 });
const seldom = fc.integer({ min: 0, max: 3 }).map((drawn) => drawn === 3);

/** How many calls go well before one does not. No function makes many more. */
const after = fc.nat({ max: 9 });
/** Most calls are answered, so that runs get far. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Fate>('answered') },
  { weight: 6, arbitrary: fc.constantFrom(...FATES) },
);
const AT_ONCE: Pace = { how: 'at once' };
/**
 * Most invocations go well. Of the others, many meet one misfortune or stop once: that is what most bugs need, and
 * steps that are drawn one by one seldom come together.
 */
const pace: fc.Arbitrary<Pace> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(AT_ONCE) },
  { weight: 4, arbitrary: fc.record({ how: fc.constant('stops' as const), after }) },
  {
    weight: 3,
    arbitrary: fc.record({ how: fc.constant('meets' as const), after, fate: fc.constantFrom(...FATES) }),
  },
  { weight: 2, arbitrary: fc.constant<Pace>({ how: 'step by step' }) },
);

const decision = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Decision>('approve') },
  { weight: 3, arbitrary: fc.constant<Decision>('deny') },
  { weight: 1, arbitrary: fc.constant<Decision>('report') },
);
const typed = fc.constantFrom<Typed>('right', 'wrong', 'right');

const ask = (how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({
    move: fc.constant('ask' as const),
    client,
    sub: fc.constantFrom(
      'ana' as const,
      'ana' as const,
      'ana' as const,
      'ben' as const,
      'ben' as const,
      'nobody' as const,
    ),
    expiry: fc.constantFrom(120, 120, 30, 4000),
    code: fc.constantFrom('right' as const, 'right' as const, 'none' as const, 'wrong' as const),
    pace: how,
  });
const answer = (how: fc.Arbitrary<Decision>, then: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({ move: fc.constant('answer' as const), request: which, phone: small, how, typed, pace: then });
const ownCall = <Name extends 'poll' | 'withdraw' | 'resend'>(move: Name) =>
  fc.record({ move: fc.constant(move), request: which, pace });

const wait = fc.record({
  move: fc.constant('wait' as const),
  seconds: fc.constantFrom(1, 1, 2, 5, 5, 10, 20, 30, 60, 120, 600),
});
const operator = fc.record({
  move: fc.constant('operator' as const),
  does: fc.constantFrom(...OPERATOR_ACTS),
  which: small,
  pace,
});

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ move: fc.constant('step' as const), call: small, fate }),
  },
  { weight: 6, arbitrary: ask(pace) },
  { weight: 12, arbitrary: answer(decision, pace) },
  { weight: 12, arbitrary: ownCall('poll') },
  { weight: 3, arbitrary: ownCall('withdraw') },
  { weight: 4, arbitrary: ownCall('resend') },
  { weight: 6, arbitrary: fc.record({ move: fc.constant('enter' as const), request: which, typed, pace }) },
  {
    weight: 10,
    arbitrary: fc.record({ move: fc.constant('deliver' as const), message: small, isTwice: seldom, pace }),
  },
  { weight: 7, arbitrary: fc.record({ move: fc.constant('finish' as const), call: small }) },
  { weight: 6, arbitrary: wait },
  {
    weight: 6,
    arbitrary: fc.record({
      move: fc.constant('approach' as const),
      request: which,
      instant: fc.constantFrom(...INSTANTS),
      offset: fc.integer({ min: -3, max: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('endpoint' as const),
      client,
      health: fc.constantFrom<Health>('healthy', 'down', 'busy'),
    }),
  },
  { weight: 4, arbitrary: operator },
);

const scene: fc.Arbitrary<Scene> = fc.record({
  numbers: fc.array(fc.constantFrom(undefined, undefined, ...NUMBER_MATCHING), { minLength: 3, maxLength: 3 }),
  isConcealing: seldom,
  hasPauses: seldom,
  hasUserCode: seldom,
  hasOneOpenRequest: seldom,
});

/** Most runs begin with a request, and many with its approval: without one, little can happen. */
const opening: fc.Arbitrary<readonly Move[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<readonly Move[]>([]) },
  { weight: 3, arbitrary: fc.tuple(ask(fc.constant(AT_ONCE))) },
  {
    weight: 4,
    arbitrary: fc.tuple(ask(fc.constant(AT_ONCE)), answer(fc.constant('approve'), pace)),
  },
);

/** All runs. */
export const runs: fc.Arbitrary<Run> = fc
  .record({
    scene,
    opening,
    more: fc.array(moves, { minLength: 1, maxLength: 40, size: 'max' }),
  })
  .map(({ scene: where, opening: first, more }) => ({ scene: where, moves: [...first, ...more] }));

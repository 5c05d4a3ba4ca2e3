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
const after = fc.nat({ max: 7 });
/** Most calls are answered, so that runs get far. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Fate>('answered') },
  { weight: 6, arbitrary: fc.constantFrom(...FATES) },
);
const misfortune = fc.constantFrom(...FATES.filter((one) => one !== 'answered' && one !== 'throttled'));
const AT_ONCE: Pace = { how: 'at once' };
const meets: fc.Arbitrary<Pace> = fc.record({ how: fc.constant('meets' as const), after, fate: misfortune });
const stops: fc.Arbitrary<Pace> = fc.record({ how: fc.constant('stops' as const), after });
/**
 * Most invocations go well. Of the others, many meet one misfortune or stop once: that is what most bugs need, and
 * steps that are drawn one by one seldom come together.
 */
const pace: fc.Arbitrary<Pace> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(AT_ONCE) },
  { weight: 4, arbitrary: stops },
  { weight: 3, arbitrary: meets },
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
const ownCall = (move: 'poll' | 'withdraw' | 'resend', how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({ move: fc.constant(move), request: which, pace: how });
const enter = (how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({ move: fc.constant('enter' as const), request: which, typed, pace: how });
const deliver = (how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({ move: fc.constant('deliver' as const), message: which, isTwice: seldom, pace: how });
const operator = (how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.record({
    move: fc.constant('operator' as const),
    does: fc.constantFrom(...OPERATOR_ACTS),
    which: small,
    pace: how,
  });

/** Whatever starts an invocation. */
const starting = (how: fc.Arbitrary<Pace>): fc.Arbitrary<StartingMove> =>
  fc.oneof(
    { weight: 6, arbitrary: ask(how) },
    { weight: 12, arbitrary: answer(decision, how) },
    { weight: 11, arbitrary: ownCall('poll', how) },
    { weight: 3, arbitrary: ownCall('withdraw', how) },
    { weight: 5, arbitrary: ownCall('resend', how) },
    { weight: 7, arbitrary: enter(how) },
    { weight: 10, arbitrary: deliver(how) },
    { weight: 4, arbitrary: operator(how) },
  );

const wait: fc.Arbitrary<Move> = fc.record({
  move: fc.constant('wait' as const),
  seconds: fc.constantFrom(1, 1, 2, 5, 5, 10, 20, 30, 60, 120, 600),
});
const moment: fc.Arbitrary<Move> = fc.record({
  move: fc.constant('wait' as const),
  seconds: fc.integer({ min: 1, max: 6 }),
});
const approach = (
  instant: fc.Arbitrary<(typeof INSTANTS)[number]> = fc.constantFrom(...INSTANTS),
  offset = fc.integer({ min: -3, max: 1 }),
): fc.Arbitrary<Move> => fc.record({ move: fc.constant('approach' as const), request: which, instant, offset });

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 46, arbitrary: starting(pace) },
  { weight: 8, arbitrary: fc.record({ move: fc.constant('step' as const), call: small, fate }) },
  { weight: 5, arbitrary: fc.record({ move: fc.constant('finish' as const), call: which }) },
  { weight: 6, arbitrary: wait },
  { weight: 5, arbitrary: approach() },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('endpoint' as const),
      client,
      health: fc.constantFrom<Health>('healthy', 'down', 'busy'),
    }),
  },
);

const atOnce = fc.constant(AT_ONCE);
const finish = fc.constant<Move>({ move: 'finish', call: 0 });
/** The same call twice, the second one before the first is over. */
const twice = (call: (how: fc.Arbitrary<Pace>) => fc.Arbitrary<StartingMove>) =>
  fc.tuple(call(stops), call(atOnce), finish);

const toResend = approach(fc.constant('resend'), fc.nat({ max: 1 }));
const toReminder = approach(fc.constant('reminder'), fc.nat({ max: 1 }));
const resend = (how: fc.Arbitrary<Pace>) => ownCall('resend', how);

/** Moves that belong together: what is drawn one by one seldom comes together. */
type Together = fc.Arbitrary<readonly Move[]>;

/** One invocation stops, another one or a moment comes in between, and the first goes on. */
const race: Together = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(starting(stops), starting(atOnce), finish) },
  { weight: 2, arbitrary: fc.tuple(approach(fc.constant('end')), starting(stops), moment, finish) },
  { weight: 2, arbitrary: fc.tuple(approach(), starting(stops), starting(atOnce), finish) },
  { weight: 1, arbitrary: twice(enter) },
  { weight: 1, arbitrary: fc.tuple(ownCall('poll', stops), operator(atOnce), finish) },
  { weight: 1, arbitrary: fc.tuple(operator(atOnce), ownCall('poll', atOnce)) },
  {
    weight: 1,
    arbitrary: fc.tuple(toResend, resend(stops), fc.oneof(answer(decision, atOnce), resend(atOnce)), finish),
  },
  { weight: 1, arbitrary: fc.tuple(toReminder, deliver(stops), deliver(atOnce), finish) },
);

/** A call meets a misfortune, and is made again: at once, or when its message is visible again. */
const again: Together = fc.oneof(
  fc.tuple(answer(decision, meets), answer(decision, atOnce)),
  fc.tuple(deliver(meets), fc.constant<Move>({ move: 'wait', seconds: 30 }), deliver(atOnce)),
  fc.tuple(fc.oneof(answer(decision, meets), ownCall('withdraw', meets)), ask(atOnce)),
  fc.tuple(enter(meets), enter(atOnce)),
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
  { weight: 3, arbitrary: fc.tuple(ask(atOnce)) },
  {
    weight: 4,
    arbitrary: fc.tuple(ask(atOnce), answer(fc.constant('approve'), pace)),
  },
);

/** All runs. */
export const runs: fc.Arbitrary<Run> = fc
  .record({
    scene,
    opening,
    more: fc.array(
      fc.oneof(
        { weight: 12, arbitrary: fc.tuple(move) },
        { weight: 3, arbitrary: race },
        { weight: 1, arbitrary: again },
      ),
      { minLength: 1, maxLength: 26, size: 'max' },
    ),
  })
  .map(({ scene: where, opening: first, more }) => ({ scene: where, moves: [...first, ...more.flat()] }));

import fc from 'fast-check';
import { answer, ask, deliver, poll, read, withdraw } from './world/actions.ts';
import { FATES, type Fate } from './world/fates.ts';
import type { RequestStory } from './world/history.ts';
import type { Invocation } from './world/invocation.ts';
import {
  blockUser,
  endReport,
  narrowClient,
  registerAnother,
  removeAClient,
  removeDevice,
  unblockUser,
} from './world/operators.ts';
import type { Health, World } from './world/world.ts';

/**
 * One move of a run. Numbers choose among what is there at that moment: a request, a phone, a waiting call. A move that
 * has nothing to choose from does nothing, so that a run stays a run when moves are taken out of it. `slow`: its calls of
 * AWS wait for steps. Otherwise the call goes through at once.
 */
export type Move =
  | {
      readonly move: 'ask';
      readonly client: number;
      readonly sub: 'ana' | 'ben';
      readonly expiry: number;
      slow: boolean;
    }
  | { readonly move: 'answer'; readonly request: number; readonly phone: number; readonly how: Decision; slow: boolean }
  | { readonly move: 'poll' | 'withdraw'; readonly request: number; readonly slow: boolean }
  | { readonly move: 'deliver'; readonly message: number; readonly isTwice: boolean; readonly slow: boolean }
  | { readonly move: 'step'; readonly call: number; readonly fate: Fate }
  | { readonly move: 'finish'; readonly call: number }
  | { readonly move: 'wait'; readonly seconds: number }
  | { readonly move: 'endpoint'; readonly client: number; readonly health: Health }
  | { readonly move: 'operator'; readonly does: OperatorAct; readonly which: number; readonly slow: boolean };
type Decision = 'approve' | 'deny' | 'report';
const OPERATOR_ACTS = [
  'blocks a user',
  'unblocks a user',
  'removes a device',
  'removes a client',
  'registers another client',
  'narrows a client',
  'ends a report',
] as const;
type OperatorAct = (typeof OPERATOR_ACTS)[number];

const small = fc.nat({ max: 7 });
const slow = fc.boolean();
/** Most calls are answered, so that runs get far. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Fate>('answered') },
  { weight: 6, arbitrary: fc.constantFrom(...FATES) },
);

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({ move: fc.constant('step' as const), call: small, fate }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      move: fc.constant('ask' as const),
      client: fc.nat({ max: 2 }),
      sub: fc.constantFrom('ana' as const, 'ana' as const, 'ben' as const),
      expiry: fc.constantFrom(120, 30),
      slow: fc.boolean(),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      move: fc.constant('answer' as const),
      request: small,
      phone: small,
      how: fc.constantFrom<Decision>('approve', 'approve', 'approve', 'deny', 'report'),
      slow,
    }),
  },
  { weight: 10, arbitrary: fc.record({ move: fc.constant('poll' as const), request: small, slow }) },
  { weight: 3, arbitrary: fc.record({ move: fc.constant('withdraw' as const), request: small, slow }) },
  {
    weight: 10,
    arbitrary: fc.record({ move: fc.constant('deliver' as const), message: small, isTwice: fc.boolean(), slow }),
  },
  { weight: 4, arbitrary: fc.record({ move: fc.constant('finish' as const), call: small }) },
  {
    weight: 7,
    arbitrary: fc.record({
      move: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 1, 2, 5, 5, 10, 20, 30, 60, 120),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constant('endpoint' as const),
      client: fc.nat({ max: 2 }),
      health: fc.constantFrom<Health>('healthy', 'down', 'busy'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      move: fc.constant('operator' as const),
      does: fc.constantFrom(...OPERATOR_ACTS),
      which: small,
      slow,
    }),
  },
);

/** The moves of one run. */
export const runs: fc.Arbitrary<Move[]> = fc.array(moves, { minLength: 1, maxLength: 60, size: 'max' });

/** Makes a move. */
export async function make(world: World, move: Move): Promise<void> {
  const { scheduler } = world;
  switch (move.move) {
    case 'step':
      return scheduler.step(move.call, move.fate);
    case 'finish': {
      const running = scheduler.invocations.filter((one) => scheduler.isWaiting(one));
      const invocation = pick(running, move.call);
      return invocation && scheduler.finish(invocation);
    }
    case 'wait':
      return pass(world, move.seconds);
    case 'endpoint': {
      const client = pick(world.clients, move.client);
      if (!client || client.health === move.health) return;
      Object.assign(client, { health: move.health, healthySince: world.time.now });
      return world.story.tell(`The endpoint of ${client.name} is ${move.health}.`);
    }
    default:
      return begin(world, start(world, move), move.slow);
  }
}

/** Starts what a move starts. */
function start(
  world: World,
  move: Exclude<Move, { move: 'step' | 'finish' | 'wait' | 'endpoint' }>,
): Promise<Invocation | undefined> | undefined {
  const { slow: isTold } = move;
  switch (move.move) {
    case 'ask': {
      const client = pick(world.clients, move.client);
      const { sub, expiry } = move;
      return client && ask(world, client, { sub, expiry, isTold });
    }
    case 'withdraw':
    case 'poll': {
      const polling = world.history.requests.filter(({ authReqId }) => authReqId !== undefined);
      const request = pick(polling, move.request);
      if (!request) return undefined;
      return move.move === 'poll' ? poll(world, request, isTold) : withdraw(world, request, isTold);
    }
    case 'deliver': {
      const message = pick(world.queue.visible(world.time.now), move.message);
      return message && deliver(world, message, { isTwice: move.isTwice, isTold });
    }
    case 'answer':
      return startAnswer(world, move);
    case 'operator':
      return startOperator(world, move);
  }
}

async function startAnswer(world: World, move: Extract<Move, { move: 'answer' }>): Promise<Invocation | undefined> {
  const request = pick(world.history.requests, move.request);
  const phone = request && pick(ownPhones(world, request), move.phone);
  if (!phone) return undefined;
  if (!phone.hashes.has(request.requestId)) await read(world, phone, request);
  const decision = move.how === 'approve' ? 'approve' : 'deny';
  return answer(world, phone, { request, decision, isReport: move.how === 'report', isTold: move.slow });
}

const ownPhones = (world: World, { sub }: RequestStory) => world.phones.filter((phone) => phone.sub === sub);

function startOperator(world: World, { does, which, slow: isTold }: Extract<Move, { move: 'operator' }>) {
  const sub = which % 3 === 2 ? 'ben' : 'ana';
  const client = pick(world.clients, which);
  const phone = pick(world.phones, which);
  if (!client || !phone) return undefined;
  switch (does) {
    case 'blocks a user':
      return blockUser(world, sub, isTold);
    case 'unblocks a user':
      return unblockUser(world, sub, isTold);
    case 'removes a device':
      return removeDevice(world, phone, isTold);
    case 'removes a client':
      return removeAClient(world, client, isTold);
    case 'registers another client':
      return registerAnother(world, client, isTold);
    case 'narrows a client':
      return narrowClient(world, client, isTold);
    case 'ends a report':
      return endReport(world, client, { sub, isTold });
  }
}

async function begin(
  world: World,
  starting: Promise<Invocation | undefined> | undefined,
  isSlow: boolean,
): Promise<void> {
  const invocation = await starting;
  if (invocation && !isSlow) await world.scheduler.finish(invocation);
}

/** Time passes. What is on its way arrives first. */
export async function pass(world: World, seconds: number): Promise<void> {
  await world.scheduler.passTime(world.time.now + seconds);
  world.time.now += seconds;
  world.story.tell(`${seconds} s pass.`);
}

function pick<One>(from: readonly One[], index: number): One | undefined {
  return from[index % Math.max(1, from.length)];
}

import type { StartingMove, Typed } from '../generator/moves.ts';
import { ask, enter, poll, resend, withdraw } from '../world/calls/client-calls.ts';
import {
  blockUser,
  endReport,
  narrowClient,
  registerAnother,
  removeAClient,
  removeDevice,
  unblockUser,
} from '../world/calls/operator-calls.ts';
import { answer, read } from '../world/calls/phone-calls.ts';
import { deliver } from '../world/calls/queue-deliveries.ts';
import type { RequestStory } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';
import { latest, pick } from './choosing.ts';

type Started = Promise<Invocation | undefined> | undefined;

/** Starts what a move starts. Undefined if there is nothing to choose from. */
export function start(world: World, move: StartingMove): Started {
  const isTold = move.pace.how !== 'at once';
  switch (move.move) {
    case 'ask': {
      const client = pick(world.clients, move.client);
      return client && ask(world, client, { ...codeOf(world, move), expiry: move.expiry, isTold });
    }
    case 'poll':
    case 'withdraw':
    case 'resend':
    case 'enter':
      return startOwnCall(world, move, isTold);
    case 'deliver': {
      const message = pick(world.queue.visible(world.time.now), move.message);
      return message && deliver(world, message, { isTwice: move.isTwice, isTold });
    }
    case 'answer':
      return startAnswer(world, move, isTold);
    case 'operator':
      return startOperator(world, move, isTold);
  }
}

/** Only Ben has a code, and only in some runs. */
function codeOf({ scene }: World, { sub, code }: Extract<StartingMove, { move: 'ask' }>) {
  return { sub, code: sub === 'ben' && scene.hasUserCode ? code : ('none' as const) };
}

function startOwnCall(
  world: World,
  move: Extract<StartingMove, { move: 'poll' | 'withdraw' | 'resend' | 'enter' }>,
  isTold: boolean,
): Started {
  const known = world.history.requests.filter(({ authReqId }) => authReqId !== undefined);
  const matched = known.filter(({ numberMatching }) => numberMatching === 'client_enters');
  const request = latest(move.move === 'enter' ? matched : known, move.request);
  if (!request) return undefined;
  switch (move.move) {
    case 'poll':
      return poll(world, request, isTold);
    case 'withdraw':
      return withdraw(world, request, isTold);
    case 'resend':
      return resend(world, request, isTold);
    case 'enter':
      return enter(world, request, { number: numberFor(request.shownNumber, move.typed), isTold });
  }
}

/** What a person types who sees this number: it, or another one. Whoever sees none guesses. */
function numberFor(seen: string | undefined, typed: Typed): string {
  if (seen === undefined) return '99';
  return typed === 'right' ? seen : String((Number(seen) + 50) % 100).padStart(2, '0');
}

async function startAnswer(
  world: World,
  move: Extract<StartingMove, { move: 'answer' }>,
  isTold: boolean,
): Promise<Invocation | undefined> {
  const request = latest(world.history.requests, move.request);
  const phone = request && pick(ownPhones(world, request), move.phone);
  if (!phone) return undefined;
  if (!phone.hashes.has(request.requestId)) await read(world, phone, request);
  const decision = move.how === 'approve' ? 'approve' : 'deny';
  const isTyped = decision === 'approve' && request.numberMatching === 'phone_enters';
  const number = isTyped ? numberFor(request.acknowledgedNumber, move.typed) : undefined;
  return answer(world, phone, { request, decision, isReport: move.how === 'report', number, isTold });
}

const ownPhones = (world: World, { sub }: RequestStory) => world.phones.filter((phone) => phone.sub === sub);

function startOperator(
  world: World,
  { does, which }: Extract<StartingMove, { move: 'operator' }>,
  isTold: boolean,
): Started {
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

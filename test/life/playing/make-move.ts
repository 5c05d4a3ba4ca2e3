import { reminderAt } from '../../../provider/core/asking/reminder.ts';
import { RESEND_PAUSE_SECONDS } from '../../../provider/core/asking/resend.ts';
import type { Move, Pace } from '../generator/moves.ts';
import type { RequestStory } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';
import { latest, pick } from './choosing.ts';
import { start } from './start.ts';

/** Makes a move. */
export async function make(world: World, move: Move): Promise<void> {
  const { scheduler } = world;
  switch (move.move) {
    case 'step':
      return scheduler.step(move.call, move.fate);
    case 'finish': {
      const running = scheduler.invocations.filter((one) => scheduler.isWaiting(one));
      const invocation = latest(running, move.call);
      return invocation && scheduler.finish(invocation);
    }
    case 'wait':
      return pass(world, move.seconds);
    case 'approach': {
      const request = latest(world.history.requests, move.request);
      const at = request && instantOf(request, move.instant);
      const seconds = at === undefined ? 0 : at + move.offset - world.time.now;
      return seconds > 0 ? pass(world, seconds) : undefined;
    }
    case 'endpoint': {
      const client = pick(world.clients, move.client);
      if (!client || client.health === move.health) return;
      Object.assign(client, { health: move.health, healthySince: world.time.now });
      return world.story.tell(`The endpoint of ${client.name} is ${move.health}.`);
    }
    default: {
      const invocation = await start(world, move);
      return invocation && goOn(world, invocation, move.pace);
    }
  }
}

async function goOn({ scheduler }: World, invocation: Invocation, pace: Pace): Promise<void> {
  switch (pace.how) {
    case 'at once':
      return scheduler.finish(invocation);
    case 'step by step':
      return;
    case 'stops':
      return scheduler.finish(invocation, pace.after);
    case 'meets':
      await scheduler.finish(invocation, pace.after);
      await scheduler.meet(invocation, pace.fate);
      if (invocation.state === 'running') await scheduler.finish(invocation);
  }
}

function instantOf(request: RequestStory, instant: Extract<Move, { move: 'approach' }>['instant']): number | undefined {
  const { issuedAt, expiresAt, attempts } = request;
  switch (instant) {
    case 'end':
      return expiresAt;
    case 'reminder':
      return reminderAt({ issuedAt, expiresAt });
    case 'resend': {
      const resends = attempts.filter(({ kind }) => kind === 'resend');
      return (resends.at(-1)?.began ?? issuedAt) + RESEND_PAUSE_SECONDS;
    }
  }
}

/** Time passes. What is on its way arrives first. */
export async function pass(world: World, seconds: number): Promise<void> {
  await world.scheduler.passTime(world.time.now + seconds);
  world.time.now += seconds;
  world.story.tell(`${seconds} s pass.`);
}

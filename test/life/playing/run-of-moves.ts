import type { Run } from '../generator/runs.ts';
import { poll } from '../world/calls/client-calls.ts';
import { deliver } from '../world/calls/queue-deliveries.ts';
import { World } from '../world/world.ts';
import { make, pass } from './make-move.ts';

/** For how long the provider is left alone at the end, in seconds: until everything has ended and was told. */
const CALM_SECONDS = 5000;

/** Makes all moves, then lets everything come to its end. */
export async function play({ scene, moves }: Run): Promise<World> {
  const world = new World(scene);
  for (const move of moves) await make(world, move);
  await calmDown(world);
  return world;
}

/**
 * Nothing fails any more: every call that waits is answered, the endpoints are healthy, and the queue is delivered until
 * it is empty. The clients that can poll do so until they know the end.
 */
async function calmDown(world: World): Promise<void> {
  const { scheduler, queue, time } = world;
  world.story.tell('From now on nothing fails.');
  world.history.calmAt = time.now;
  for (const invocation of scheduler.invocations) await scheduler.finish(invocation);
  for (const client of world.clients)
    if (client.health !== 'healthy') Object.assign(client, { health: 'healthy', healthySince: time.now });
  const calmUntil = time.now + CALM_SECONDS;
  await pollAll(world);
  while (queue.all.length > 0 && time.now < calmUntil) {
    const message = queue.visible(time.now)[0];
    if (message) {
      const delivery = await deliver(world, message, { isTwice: false, isTold: false });
      await scheduler.finish(delivery);
      continue;
    }
    const next = Math.min(...queue.all.map(({ visibleAt }) => visibleAt));
    await pass(world, next - time.now);
    await pollAll(world);
  }
  if (time.now < calmUntil) await pass(world, calmUntil - time.now);
  await pollAll(world);
}

/** Each client that has an id and does not know the end polls. */
async function pollAll(world: World): Promise<void> {
  for (const request of world.history.requests) {
    if (world.client(request.clientId)?.mode === 'push') continue;
    const last = request.polls.at(-1)?.answer;
    const isOver = last !== undefined && last !== 'authorization_pending' && last !== 'polled_too_fast';
    const polled = !isOver || last === 'server_error' ? poll(world, request, false) : undefined;
    if (polled) await world.scheduler.finish(await polled);
  }
}

import type { AwsCall } from '../../local/aws/server.ts';
import type { World } from './world.ts';

/** An AWS call that waits at the stand-in. */
export type HeldCall = {
  /** Resolves when the call has arrived. */
  readonly held: Promise<void>;
  /** Lets the call through, and every later one. */
  release(): void;
};

/**
 * Holds every AWS call that matches until it is released, the SDK's retries of it included. So what a test does in the
 * meantime has happened before the call takes effect. A call can be held for about three seconds.
 */
export function holdCall(world: World, matches: (call: AwsCall) => boolean): HeldCall {
  let arrived = () => {};
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.runtime.aws.interference = async (call) => {
    if (!matches(call)) return undefined;
    arrived();
    await released;
    return undefined;
  };
  const letThrough = () => {
    world.runtime.aws.interference = undefined;
    release();
  };
  return { held, release: letThrough };
}

/**
 * Loses the answer of the first AWS call that matches, and holds the SDK's repetitions until they are released. `held`
 * resolves when the first repetition has arrived, so the first call has taken effect.
 */
export function loseAnswer(world: World, matches: (call: AwsCall) => boolean): HeldCall {
  const repetition = holdCall(world, matches);
  const hold = world.runtime.aws.interference;
  let isFirst = true;
  world.runtime.aws.interference = async (call) => {
    if (!isFirst || !matches(call)) return hold?.(call);
    isFirst = false;
    return 'lose-answer';
  };
  return repetition;
}

/** Matches a call by its action, its function, and texts of its body. */
export const awsCall =
  (action: string, caller: string, ...texts: readonly string[]) =>
  (call: AwsCall): boolean =>
    call.action === action && call.caller === caller && texts.every((text) => call.body.toString().includes(text));

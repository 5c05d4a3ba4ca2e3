import { setTimeout as pause } from 'node:timers/promises';
import { callAwsJson } from '../deployment/aws-json-call.ts';
import { refusedBy } from '../deployment/aws-settings.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';

/**
 * The pause before each call of a tail. CloudWatch Logs lets an account read at 5 calls a second in a region, for
 * everybody together, and does not raise that. Two a second leave the others their share.
 */
export const TAIL_PACE_MILLISECONDS = 500;
/** The pause before each of the few calls of a search. */
export const SEARCH_PACE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 10_000;

/** Told why a call is tried again, or `undefined` when one succeeded. */
type OnTrouble = (trouble: string | undefined) => void;
/** Calls one operation of CloudWatch Logs. */
export type CallLogs = (operation: string, input: object) => Promise<unknown>;
/** How calls of CloudWatch Logs are tried again. */
type Trying = {
  readonly over?: AbortSignal | undefined;
  readonly onTrouble?: OnTrouble | undefined;
  /** How often a call is tried. */
  readonly tries: number;
  /** The pause before each call, and the shortest before a call that is tried again. */
  readonly paceMilliseconds: number;
};

/**
 * Makes calls of CloudWatch Logs, one after the other and at a pace. A call that is throttled or gets no answer is tried
 * again, each time after a longer pause. Anything else that AWS says is final.
 */
export function paceLogsCalls(stack: DeployedStack, { over, onTrouble, tries, paceMilliseconds }: Trying): CallLogs {
  const wait = (milliseconds: number) =>
    pause(milliseconds, undefined, over && { signal: over }).catch(() => undefined);
  return async (operation, input) => {
    for (let tried = 1; ; tried += 1) {
      if (tried === 1) await wait(paceMilliseconds);
      over?.throwIfAborted();
      try {
        const answer = await callAwsJson(stack.aws, operationOf(stack, operation), input);
        onTrouble?.(undefined);
        return answer;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === undefined || tried >= tries) throw refusedBy('Amazon CloudWatch Logs', error);
        onTrouble?.(trouble);
        await wait(Math.min(paceMilliseconds * 2 ** tried, LONGEST_PAUSE_MILLISECONDS));
      }
    }
  };
}

function operationOf({ region }: DeployedStack, operation: string) {
  return { service: 'logs', target: `Logs_20140328.${operation}`, region };
}

/** Names of errors by which CloudWatch Logs asks for patience. */
const BUSY = /^(Throttling(Exception)?|LimitExceededException|RequestLimitExceeded|TooManyRequestsException)$/;
const UNAVAILABLE = /^(ServiceUnavailableException|InternalFailure|InternalServerError)$/;

/** Says why a call may succeed later. Undefined if it will not. */
function troubleOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (BUSY.test(error.name) || /^Rate exceeded/i.test(error.message))
    return 'CloudWatch Logs lets nobody read so fast (Rate exceeded).';
  // What fetch and its time limit throw when there is no connection or no answer.
  const isLost = error instanceof TypeError || error.name === 'TimeoutError';
  return isLost || UNAVAILABLE.test(error.name) ? 'The connection to CloudWatch Logs is lost.' : undefined;
}

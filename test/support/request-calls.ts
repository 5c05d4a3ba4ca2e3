import type { AwsCall } from '../../local/aws/server.ts';

/**
 * The calls of AWS that requests need: all but the reads of the log level. A function makes one of these a minute beside a
 * call, and waits for none, so it may come at any moment.
 */
export function requestCalls(calls: readonly AwsCall[]): AwsCall[] {
  return calls.filter(({ body }) => !body.includes('SETTING#log-level'));
}

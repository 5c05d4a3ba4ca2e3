import type { JsonObject } from '../command-line/json-object.ts';
import type { Exchange } from './wire.ts';

/** What stands for a value that is not printed. */
export const HIDDEN = '…';

/** The members of forms and answers that are printed. All others may be secrets, or are long. */
const OPEN: ReadonlySet<string> = new Set([
  'grant_type',
  'scope',
  'login_hint',
  'binding_message',
  'requested_expiry',
  'audience',
  'resource',
  'client_assertion_type',
  'error',
  'error_description',
  'expires_in',
  'resends_left',
  'interval',
  // Numbers of a request that ends with the scenario.
  'number',
  'attempts_left',
  'token_type',
]);

/** The value of a member, if it may be printed. */
export function shownValue(name: string, value: unknown): unknown {
  return OPEN.has(name) ? value : HIDDEN;
}

/** The members of an answer without its secrets. Of a list, such as that of waiting requests, only the length is shown. */
function shownAnswer(answer: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.length : shownValue(name, value),
    ]),
  );
}

/** An exchange as it is printed. */
export type ShownExchange = {
  readonly by: Exchange['by'];
  readonly method: string;
  readonly path: string;
  readonly sent: Exchange['sent'];
  /** Absent if the call came in its time. */
  readonly later_seconds?: number;
  /** Absent if the call got no answer. */
  readonly status?: number;
  readonly retry_after_seconds?: number;
  readonly correlation_id?: string;
  readonly answer: JsonObject;
};

/** Leaves the secrets of an exchange out. */
export function shownExchange(exchange: Exchange): ShownExchange {
  const { by, method, path, sent, laterSeconds, status, retryAfterSeconds, correlationId, answer } = exchange;
  return {
    by,
    method,
    path,
    sent,
    ...(laterSeconds > 0 && { later_seconds: laterSeconds }),
    ...(status !== undefined && { status }),
    ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }),
    ...(correlationId !== undefined && { correlation_id: correlationId }),
    answer: shownAnswer(answer),
  };
}

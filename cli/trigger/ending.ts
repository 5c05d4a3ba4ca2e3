import { plainLine } from '../command-line/text-layout.ts';
import type { Exchange } from './wire.ts';

/**
 * An answer that a scenario expects: its status, and its error code if it has one. `pushed`: it is the answer of the
 * client to a push, which brought `tokens` or this error.
 */
export type Ending = { readonly status: number; readonly error?: string; readonly pushed?: string };

/** The login did not go as the scenario says. */
export class Different extends Error {}

/** Throws unless a call was answered as expected. */
export function expectAnswer(exchange: Exchange, expected: Ending): Exchange {
  const difference = differenceOf(exchange, expected);
  if (difference !== undefined) throw new Different(difference);
  return exchange;
}

function differenceOf(exchange: Exchange, expected: Ending): string | undefined {
  const { method, path, status, answer } = exchange;
  const pushed = pushedIn(exchange);
  if (pushed !== expected.pushed) return `The push brought ${pushed ?? 'nothing'}, and not ${expected.pushed}.`;
  if (status === expected.status && answer['error'] === expected.error) return undefined;
  const answered = status === undefined ? 'got no answer' : `was answered ${wordsOf(status, answer['error'])}`;
  return `${method} ${path} ${answered}, and not ${wordsOf(expected.status, expected.error)}.`;
}

/** What a push brought: `tokens`, or the code of an error. Undefined if the exchange is no push. */
function pushedIn({ pushed }: Exchange): string | undefined {
  if (!pushed) return undefined;
  const { error } = pushed;
  return typeof error === 'string' ? plainLine(error) : 'tokens';
}

/** `400 access_denied` */
export function wordsOf(status: number, error: unknown): string {
  return typeof error === 'string' ? `${status} ${plainLine(error)}` : String(status);
}

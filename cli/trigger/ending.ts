import { plainLine } from '../command-line/text-layout.ts';
import type { Exchange } from './wire.ts';

/** An answer that a scenario expects: its status, and its error code if it has one. */
export type Ending = { readonly status: number; readonly error?: string };

/** The login did not go as the scenario says. */
export class Different extends Error {}

/** Throws unless a call was answered as expected. */
export function expectAnswer(exchange: Exchange, expected: Ending): Exchange {
  const difference = differenceOf(exchange, expected);
  if (difference !== undefined) throw new Different(difference);
  return exchange;
}

function differenceOf({ method, path, status, answer }: Exchange, expected: Ending): string | undefined {
  if (status === expected.status && answer['error'] === expected.error) return undefined;
  const answered = status === undefined ? 'got no answer' : `was answered ${wordsOf(status, answer['error'])}`;
  return `${method} ${path} ${answered}, and not ${wordsOf(expected.status, expected.error)}.`;
}

/** `400 access_denied` */
export function wordsOf(status: number, error: unknown): string {
  return typeof error === 'string' ? `${status} ${plainLine(error)}` : String(status);
}

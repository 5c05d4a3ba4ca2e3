import { Refused } from '../command-line/failure.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from './deployment.ts';

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  TimeoutError: 'it took too long',
};

/** The code of the error when no answer came. What was asked for may have been done. */
export const NO_ANSWER = 'no_answer';
/** The code of the error when there was no connection, so that nothing was sent. */
export const NOT_REACHED = 'not_reached';
const WITHOUT_CONNECTION: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Returns the JSON of a successful answer. Throws Refused with the message of any other answer. */
export async function answerFrom(response: Response, { origin, isLocal }: Deployment): Promise<string> {
  const text = await response.text();
  const body = parseJsonObject(text);
  if (response.ok && (body || text === '')) return text;
  const { error, error_description: description, message, Message } = body ?? {};
  if (typeof error === 'string') throw new Refused(plainLine(description ?? error), error);
  const gatewayMessage = message ?? Message;
  const reason = gatewayMessage === undefined ? '' : ` (${plainLine(gatewayMessage)})`;
  const summary = `${origin} answered ${response.status}${reason}`;
  if (response.status === 403 && !isLocal)
    throw new Refused(
      `${summary}: your AWS identity may not call the admin API, or --region is wrong`,
      'access_denied',
    );
  throw new Refused(`${summary}: check that --url is a Serverless CIBA provider`);
}

/** Makes the error for a call without an answer. It says why and what to do. */
export function noAnswer(error: unknown, { origin, isLocal }: Deployment): Refused {
  const { code, name, message } = rootOf(error);
  const reason = NETWORK_REASONS[code ?? ''] ?? NETWORK_REASONS[name] ?? plainLine(message);
  const next = isLocal ? 'Start the provider with npm start, or give --url.' : 'Check --url.';
  const kind = WITHOUT_CONNECTION.includes(code) ? NOT_REACHED : NO_ANSWER;
  return new Refused(`No answer from ${origin}: ${reason}. ${next}`, kind);
}

/** Finds the original error. `fetch` wraps it, and for a host name with several addresses makes a list. */
function rootOf(error: unknown): { code?: string; name: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootOf(error.cause);
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}

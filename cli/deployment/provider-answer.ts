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

/** The code of a refusal that nobody answered. */
export const NO_ANSWER = 'no_answer';

/** The JSON of an answer that says yes; otherwise throws what the answer says. */
export async function answerFrom(response: Response, { origin, isLocal }: Deployment): Promise<string> {
  const text = await response.text();
  const body = parseJsonObject(text);
  if (response.ok && (body || text === '')) return text;
  const { error, error_description: description, message, Message } = body ?? {};
  if (typeof error === 'string') throw new Refused(plainLine(description ?? error), error);
  const said = message ?? Message;
  const told = `${origin} answered ${response.status}${said === undefined ? '' : ` (${plainLine(said)})`}`;
  if (response.status === 403 && !isLocal)
    throw new Refused(`${told}: your AWS identity may not call the admin API, or the region is another`);
  throw new Refused(`${told}: is this a Serverless CIBA deployment?`);
}

/** Why no answer came, in words that say what to do. */
export function noAnswer(error: unknown, { origin, isLocal }: Deployment): Refused {
  const { code, name, message } = rootOf(error);
  const reason = NETWORK_REASONS[code ?? ''] ?? NETWORK_REASONS[name] ?? plainLine(message);
  const next = isLocal ? 'Start it with npm start, or give --url.' : 'Check --url.';
  return new Refused(`No answer from ${origin}: ${reason}. ${next}`, NO_ANSWER);
}

/** `fetch` wraps what happened; a name with several addresses makes a list of it. */
function rootOf(error: unknown): { code?: string; name: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootOf(error.cause);
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}

import { type Refusal, wordingOf } from '../../core/refusal.ts';
import type { Answer } from './answer.ts';

/**
 * Turns a refusal into the answer that the caller receives (RFC 6749 §5.2, CIBA §11 and §13). Several reasons share one
 * wording on purpose: an unknown client and wrong credentials, an unknown id and another client's. `challenge` says
 * that the caller used the `Authorization` header. Only then does a 401 carry `WWW-Authenticate` (RFC 6749 §5.2).
 */
export function answerRefusal(refusal: Refusal, challenge: boolean): Answer {
  const { status, error, description, headers = {}, members = {}, detail } = wordingOf(refusal);
  const authenticate = status === 401 && challenge ? { 'www-authenticate': challengeOf(error) } : {};
  return {
    status,
    headers: { ...headers, ...authenticate },
    body: { error, error_description: printable(description), ...members },
    refused: { reason: refusal.reason, error, ...(detail !== undefined && { detail }) },
  };
}

function challengeOf(error: string): string {
  return error === 'invalid_client' ? 'Basic realm="ciba", charset="UTF-8"' : 'Device realm="ciba"';
}

/** Restricts an `error_description` to printable ASCII without quotes or backslashes (CIBA §13). */
function printable(text: string): string {
  return text
    .replaceAll(/["'`]/g, '')
    .replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
    .slice(0, 300);
}

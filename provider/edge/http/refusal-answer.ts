import { type Refusal, wordingOf } from '../../core/refusal.ts';
import type { Answer } from './answer.ts';

/**
 * What the caller is told (RFC 6749 §5.2, CIBA §11 and §13). Several reasons share one wording on purpose: unknown and
 * wrong credentials, unknown and foreign ids. `challenge` says that the client used the `Authorization` header; only
 * then does a 401 carry `WWW-Authenticate` (RFC 6749 §5.2).
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

/** `error_description` is printable ASCII without quotes or backslashes (CIBA §13). */
function printable(text: string): string {
  return text
    .replaceAll(/["'`]/g, '')
    .replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')
    .slice(0, 300);
}

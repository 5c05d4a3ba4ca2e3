import type { CustomFetch } from 'openid-client';
import { isJsonObject } from '../command-line/json-object.ts';
import type { ErrorAnswer } from './advice.ts';

/**
 * The calls that the client library makes. Its errors do not have everything that a person should see (RFC 6749 §5.2
 * answers with `WWW-Authenticate` have no body there), so each error answer is read here too.
 */
export class ObservedCalls {
  /** The answer to the last call, if it was an error. */
  lastError: ErrorAnswer | undefined;
  readonly #told: (url: string, error: ErrorAnswer | undefined) => void;

  constructor(told: (url: string, error: ErrorAnswer | undefined) => void) {
    this.#told = told;
  }

  readonly fetch: CustomFetch = async (url, { method, headers, redirect, body, signal }) => {
    const sent = body instanceof Uint8Array ? new Uint8Array(body) : body;
    const init = { method, headers, redirect, ...(sent && { body: sent }), ...(signal && { signal }) };
    const response = await fetch(url, init);
    this.lastError = response.ok ? undefined : await errorIn(response.clone());
    this.#told(url, this.lastError);
    return response;
  };
}

async function errorIn(response: Response): Promise<ErrorAnswer> {
  const body: unknown = await response.json().catch(() => undefined);
  const { error, error_description, message } = isJsonObject(body) ? body : {};
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    // API Gateway's own answers have only a message.
    error: typeof error === 'string' ? error : `http_${response.status}`,
    description: textIn(error_description ?? message),
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  };
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

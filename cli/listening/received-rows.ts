import type { Row, Rows } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Received } from './listener.ts';
import type { PushCheck } from './push-check.ts';

/** How long an application on this machine may take. The provider waits five seconds for an answer. */
const FORWARD_MILLISECONDS = 4000;

/** What became of a forwarded call: a status, or why there is none. */
type Forwarded = { readonly to: string; readonly status: number } | { readonly to: string; readonly failed: string };

/** Sends a call on, as it came, and returns what the application answered. */
export async function forward(to: string, { sent }: Received): Promise<Forwarded> {
  const init = { method: 'POST', headers: sent.headers, body: sent.body, redirect: 'manual' } as const;
  try {
    const { status } = await fetch(to, { ...init, signal: AbortSignal.timeout(FORWARD_MILLISECONDS) });
    return { to, status };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return { to, failed: systemCodeOf(cause) ?? (error instanceof Error ? error.name : 'failed') };
  }
}

/** What became of a call: the check of its tokens, and what an application answered. */
type Became = { readonly checked?: PushCheck | undefined; readonly forwarded?: Forwarded | undefined };

/** Makes the line of a call. It has neither the `auth_req_id` nor a token: whoever has those can use them. */
export function rowOf({ kind, requestId, pushed }: Received, { checked, forwarded }: Became): Row {
  const at = new Date();
  const error = typeof pushed?.['error'] === 'string' ? pushed['error'] : undefined;
  const request = `for request ${requestId}`;
  const what = {
    ping: `ping ${request}`,
    push: `push of ${error === undefined ? 'tokens' : plainLine(error)} ${request}`,
    ...REFUSED_CALLS,
  }[kind];
  const text = [at.toTimeString().slice(0, 8), what, checkedText(checked), forwardedText(forwarded)];
  const delivered = pushed && (error === undefined ? 'tokens' : 'error');
  const json = { at: at.toISOString(), kind, request_id: requestId, pushed: delivered, error, checked, forwarded };
  return { json: JSON.stringify(json), text: text.filter((part) => part !== '').join('  ') };
}

const REFUSED_CALLS = {
  wrong_token: 'refused with 401: another token than that of --token',
  malformed: 'refused with 400: no JSON with an auth_req_id',
};

function checkedText(checked: PushCheck | undefined): string {
  if (checked === undefined) return '';
  return checked.holds
    ? `verified, for client ${plainLine(checked.client_id)}`
    : `NOT verified: ${plainLine(checked.why)}`;
}

function forwardedText(forwarded: Forwarded | undefined): string {
  if (forwarded === undefined) return '';
  return 'status' in forwarded
    ? `${forwarded.to} answered ${forwarded.status}`
    : `${forwarded.to} did not answer (${forwarded.failed}), so the provider gets 502`;
}

/** Rows that come from elsewhere, until the signal or until there were enough. */
export class RowQueue {
  readonly #rows: Row[] = [];
  #arrived = Promise.withResolvers<void>();

  add(row: Row): void {
    this.#rows.push(row);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  async *until(over: AbortSignal, enough: number): Rows {
    const ended = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
    for (let count = 0; count < enough; count += 1) {
      while (this.#rows.length === 0 && !over.aborted) await Promise.race([this.#arrived.promise, ended]);
      const row = this.#rows.shift();
      if (!row) break;
      yield row;
    }
    return {};
  }
}

/** Reads `--forward`. Calls are only forwarded on this machine, because they carry secrets. */
export function readForward(typed: string): string {
  const url = URL.parse(typed);
  if (url && /^https?:$/.test(url.protocol) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    return url.href;
  throw new WrongUsage('--forward must be a URL on this machine, such as http://localhost:8080/ping');
}

import { LATER_HEADER } from '../../local/runtime/call-clock.ts';
import { Interrupted } from '../command-line/failure.ts';
import { isJsonObject, type JsonObject } from '../command-line/json-object.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';

/** Who called: the client, the phone, the second phone of a user, an operator, or the provider at the notification endpoint of the client. */
export type By = 'client' | 'phone' | 'phone 2' | 'operator' | 'provider';

/** A call and its answer. */
export type Exchange = {
  readonly by: By;
  readonly method: string;
  /** The path; an id in it is named and not spelled. */
  readonly path: string;
  /** What was decisive in the call. It never has a secret. */
  readonly sent: Readonly<Record<string, string>>;
  /** By how many seconds the call came later than the one before it would have, by the clock of the provider. */
  readonly laterSeconds: number;
  /** Undefined if the call got no answer. */
  readonly status: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The id of the call in the log of the provider. */
  readonly correlationId?: string | undefined;
  /** The answer as it came, with its secrets. */
  readonly answer: JsonObject;
  /** What a push brought to the notification endpoint, with its secrets. */
  readonly pushed?: JsonObject | undefined;
};

/** A call to make. `route` is the path as it is shown, with names for ids. */
export type WireCall = {
  readonly method: string;
  readonly path: string;
  readonly route?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly sent?: Readonly<Record<string, string>>;
  readonly laterSeconds?: number | undefined;
};

/** Makes the calls of a scenario, and remembers them with their answers. */
export class Wire {
  readonly exchanges: Exchange[] = [];
  readonly #deployment: Deployment;
  readonly #over: AbortSignal;

  constructor(deployment: Deployment, over: AbortSignal) {
    this.#deployment = deployment;
    this.#over = over;
  }

  /** Throws if somebody pressed Ctrl-C. */
  checkGoesOn(): void {
    if (this.#over.aborted) throw new Interrupted('What the scenario made was removed.');
  }

  async send(by: By, call: WireCall): Promise<Exchange> {
    this.checkGoesOn();
    const { method, path, route = path, headers = {}, body, sent = {}, laterSeconds = 0 } = call;
    const later = laterSeconds === 0 ? {} : { [LATER_HEADER]: String(laterSeconds) };
    const init = { method, headers: { ...headers, ...later }, ...(body !== undefined && { body }) };
    const response = await callProvider(this.#deployment, path, init);
    const told: unknown = await response.json().catch(() => undefined);
    const retryAfter = response.headers.get('retry-after');
    return this.add({
      by,
      method,
      path: route,
      sent,
      laterSeconds,
      status: response.status,
      retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
      correlationId: response.headers.get('x-correlation-id') ?? undefined,
      answer: isJsonObject(told) ? told : {},
    });
  }

  /** Remembers a call that somebody else made. */
  add(exchange: Exchange): Exchange {
    this.exchanges.push(exchange);
    return exchange;
  }
}

import { randomBytes } from 'node:crypto';
import { Refused } from '../command-line/failure.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type Listening, listenForCalls, type Received, trustLocally } from '../listening/listener.ts';
import { Different } from './ending.ts';
import { HIDDEN, shownValue } from './shown.ts';
import type { Exchange, Wire } from './wire.ts';

/** How the endpoint answers a call: with a status, by breaking the connection off, or never. */
export type EndpointAnswer = number | 'breaks_off' | 'never';

/** How long a call may take to come. The provider tries again after 1, 2 and 4 seconds. */
const PATIENCE_SECONDS = 20;

/** The notification endpoint of a client of a scenario, on this machine. */
export class ActingEndpoint {
  readonly url: string;
  /** What the client sends as `client_notification_token`. */
  readonly token: string;
  readonly #listening: Listening;
  readonly #arrived: PromiseWithResolvers<Exchange>[] = [];
  #taken = 0;

  private constructor(listening: Listening, token: string) {
    this.#listening = listening;
    this.url = listening.url;
    this.token = token;
  }

  /** Starts listening. Each answer is given to one call, and the last also to all that follow. */
  static async start(deployment: Deployment, wire: Wire, answers: readonly EndpointAnswer[]): Promise<ActingEndpoint> {
    const token = randomBytes(32).toString('base64url');
    let count = 0;
    let endpoint: ActingEndpoint | undefined;
    const listening = await listenForCalls(0, token, async (received) => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? 204;
      const status = typeof answer === 'number' ? answer : undefined;
      endpoint?.slot(count).resolve(wire.add({ ...callOf(received), status }));
      count += 1;
      if (answer === 'never') return new Promise<number>(() => undefined);
      if (status === undefined) throw new Error('the scenario breaks this connection off');
      return status;
    });
    endpoint = new ActingEndpoint(listening, token);
    if (await trustLocally(deployment, listening)) return endpoint;
    listening.close();
    throw new Refused(`${deployment.origin} trusts no certificate of this machine.`, 'Start a provider with ciba up.');
  }

  /** Waits for the next ping or push. */
  async next(withinSeconds = PATIENCE_SECONDS): Promise<Exchange> {
    const { promise } = this.slot(this.#taken);
    this.#taken += 1;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, withinSeconds * 1000, undefined).unref());
    const call = await Promise.race([promise, late]);
    if (!call) throw new Different(`No call came to the notification endpoint within ${withinSeconds} s.`);
    return call;
  }

  close(): void {
    this.#listening.close();
  }

  /** The place of a call, which may be waited for before it comes. */
  slot(index: number): PromiseWithResolvers<Exchange> {
    while (this.#arrived.length <= index) this.#arrived.push(Promise.withResolvers());
    return this.#arrived[index] ?? Promise.withResolvers();
  }
}

/** A ping or a push as an exchange: what it brought is shown, and its secrets are not. */
function callOf({ pushed = {}, kind }: Received): Omit<Exchange, 'status'> {
  const members = Object.entries(pushed).filter(([name]) => name !== 'auth_req_id');
  const shown = members.map(([name, value]) => [name, String(shownValue(name, value))]);
  return {
    by: 'provider',
    method: 'POST',
    path: 'notification endpoint',
    sent: { Authorization: `Bearer ${HIDDEN}`, auth_req_id: HIDDEN, ...Object.fromEntries(shown) },
    laterSeconds: 0,
    answer: {},
    ...(kind === 'push' && { pushed }),
  };
}

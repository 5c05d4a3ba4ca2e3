import { randomBytes } from 'node:crypto';
import { Refused } from '../command-line/failure.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type Listening, listenForPings, trustLocally } from '../listening/listener.ts';
import { Different } from './ending.ts';
import type { Exchange, Wire } from './wire.ts';

/** How the endpoint answers a ping: with a status, by breaking the connection off, or never. */
export type PingAnswer = number | 'breaks_off' | 'never';

/** How long a ping may take to come. The provider tries again after 1, 2 and 4 seconds. */
const PATIENCE_MILLISECONDS = 20_000;

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

  /** Starts listening. Each answer is given to one ping, and the last also to all that follow. */
  static async start(deployment: Deployment, wire: Wire, answers: readonly PingAnswer[]): Promise<ActingEndpoint> {
    const token = randomBytes(32).toString('base64url');
    let count = 0;
    let endpoint: ActingEndpoint | undefined;
    const listening = await listenForPings(0, token, async () => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? 204;
      const status = typeof answer === 'number' ? answer : undefined;
      const sent = { Authorization: 'Bearer …', auth_req_id: '…' };
      const call = { by: 'provider', method: 'POST', path: 'notification endpoint', sent } as const;
      endpoint?.slot(count).resolve(wire.add({ ...call, laterSeconds: 0, status, answer: {} }));
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

  /** Waits for the next ping. */
  async next(): Promise<Exchange> {
    const { promise } = this.slot(this.#taken);
    this.#taken += 1;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS, undefined).unref());
    const ping = await Promise.race([promise, late]);
    if (!ping) throw new Different(`No ping came within ${PATIENCE_MILLISECONDS / 1000} s.`);
    return ping;
  }

  close(): void {
    this.#listening.close();
  }

  /** The place of a ping, which may be waited for before it comes. */
  slot(index: number): PromiseWithResolvers<Exchange> {
    while (this.#arrived.length <= index) this.#arrived.push(Promise.withResolvers());
    return this.#arrived[index] ?? Promise.withResolvers();
  }
}

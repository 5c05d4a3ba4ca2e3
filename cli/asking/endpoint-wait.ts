import type { BackchannelAuthenticationResponse, TokenEndpointResponse } from 'openid-client';
import * as v from 'valibot';
import { Refused } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import type { Told } from '../listening/own-endpoint.ts';
import type { ErrorAnswer } from './advice.ts';
import { PushedError } from './pushed-error.ts';
import type { IssuedTokens } from './tokens.ts';

/** The notification endpoint of a client that listens. */
export type Endpoint = {
  /** Waits for what the provider tells of a request, at most so many seconds. */
  told(authReqId: string, withinSeconds: number): Promise<Told | undefined>;
  /** After how many seconds without a ping the client polls once. */
  readonly patienceSeconds: number;
};
/** What a client needs to wait at its endpoint. */
type Means = {
  readonly clientId: string;
  readonly endpoint: Endpoint;
  readonly say: Say;
  fetchTokens(authReqId: string): Promise<TokenEndpointResponse>;
  /** The answer to the last call, if it was an error. */
  lastError(): ErrorAnswer | undefined;
};
type Push = Extract<Told, { kind: 'push' }>;

/** How long after the end of a request the push of its end may come. */
const LATENESS_SECONDS = 90;

const pushedTokens = v.looseObject({
  access_token: v.string(),
  token_type: v.string(),
  id_token: v.optional(v.string()),
  expires_in: v.optional(v.number()),
  scope: v.optional(v.string()),
});
const pushedError = v.object({ error: v.string(), error_description: v.optional(v.string()) });

/** Waits at the notification endpoint of a client until there are tokens, by a ping or a push. Throws if there are none. */
export class EndpointWait {
  /** How the client learned of the end. */
  delivery: 'poll' | 'ping' | 'push' = 'poll';
  /** The push with the tokens. It is answered when they are checked. */
  push: Push | undefined;
  readonly #means: Means;

  constructor(means: Means) {
    this.#means = means;
  }

  /** A client in push mode gets no interval, because it may not poll (CIBA §7.3). */
  async tokens(asked: BackchannelAuthenticationResponse): Promise<IssuedTokens> {
    return asked.interval === undefined ? this.#pushed(asked) : this.#pinged(asked);
  }

  async #pushed({ auth_req_id: id, expires_in: life }: BackchannelAuthenticationResponse): Promise<IssuedTokens> {
    const { endpoint, say, clientId } = this.#means;
    say('3. Waiting for the push of the provider: a client in push mode does not poll');
    const told = await endpoint.told(id, life + LATENESS_SECONDS);
    if (told) return this.#take(id, told);
    throw new Refused(
      `No push came while the request lived, and within ${LATENESS_SECONDS} s after.`,
      `Whether the user answered is not known here. ciba client test ${clientId} says whether the endpoint is reached.`,
    );
  }

  /**
   * Fetches the tokens after the ping. Pings can be lost, so it polls once when none came for a while, and at the end
   * of the request, to learn how it ended.
   */
  async #pinged({ auth_req_id: id, expires_in: life }: BackchannelAuthenticationResponse): Promise<IssuedTokens> {
    const { endpoint, say, fetchTokens } = this.#means;
    say('3. Waiting for the ping of the provider');
    const patience = Math.min(endpoint.patienceSeconds, life);
    let told = await endpoint.told(id, patience);
    if (!told && patience < life) {
      say(`   No ping came within ${patience} s. It may be lost, so this polls once.`);
      const tokens = await this.#pollOnce(id);
      if (tokens) return tokens;
      say('   Waiting for the ping again.');
      told = await endpoint.told(id, life - patience);
    }
    if (told) return this.#take(id, told);
    say('   No ping came while the request lived.');
    return fetchTokens(id);
  }

  async #take(id: string, told: Told): Promise<IssuedTokens> {
    const { say, fetchTokens } = this.#means;
    this.delivery = told.kind;
    if (told.kind === 'ping') {
      say('   Pinged: there is an answer.');
      return fetchTokens(id);
    }
    say('   Pushed: the answer itself is here.');
    const refused = v.safeParse(pushedError, told.members);
    if (refused.success) {
      told.answer(204);
      throw new PushedError(refused.output.error, refused.output.error_description);
    }
    this.push = told;
    return v.parse(pushedTokens, told.members);
  }

  /** Returns the tokens if the user approved, and undefined if there is no answer yet. Throws if it is a no. */
  async #pollOnce(id: string): Promise<IssuedTokens | undefined> {
    const { fetchTokens, lastError } = this.#means;
    try {
      const tokens = await fetchTokens(id);
      this.#sayLostPing();
      return tokens;
    } catch (error) {
      const { error: code } = lastError() ?? {};
      if (code === 'authorization_pending' || code === 'slow_down') return undefined;
      this.#sayLostPing();
      throw error;
    }
  }

  #sayLostPing(): void {
    const { say, clientId } = this.#means;
    say(`   There is an answer, but its ping did not arrive: ciba client test ${clientId} says why.`);
  }
}

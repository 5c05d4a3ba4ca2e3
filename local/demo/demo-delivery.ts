import { randomBytes } from 'node:crypto';
import * as openid from 'openid-client';
import * as v from 'valibot';
import { readDeployment } from '../../cli/deployment/deployment.ts';
import { type OwnEndpoint, startOwnEndpoint } from '../../cli/listening/own-endpoint.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';

/** How a client hears of the answer (CIBA §5). */
export type Delivery = 'poll' | 'ping' | 'push';
/** Tokens, and in push mode the request for which they were pushed and how the push is answered. */
export type Delivered = {
  readonly tokens: v.InferOutput<typeof tokens>;
  readonly pushedFor?: string;
  answer?(status: number): void;
};

const tokens = v.looseObject({ access_token: v.string(), id_token: v.optional(v.string()) });
const pushedError = v.object({ error: v.string(), error_description: v.optional(v.string(), '') });
const registered = v.object({ client_id: v.string(), client_secret: v.string() });
export type RegisteredClient = v.InferOutput<typeof registered>;

/** Registers a client like a seeded one, but for some members, as an operator would. */
export async function registerLike(
  url: string,
  order: { readonly like: string; readonly client_id: string; readonly metadata: Readonly<Record<string, unknown>> },
): Promise<RegisteredClient> {
  const answer = await fetch(`${url}/local/client`, { method: 'POST', body: JSON.stringify(order) });
  if (!answer.ok) throw new Error(`the client could not be registered: ${await answer.text()}`);
  return v.parse(registered, await answer.json());
}

/** A client that listens at a notification endpoint of its own, like one of the provider's seed. */
export class ListeningClient {
  /** What the provider must send as bearer token. */
  readonly token: string;
  readonly client: RegisteredClient;
  readonly #endpoint: OwnEndpoint;

  private constructor(token: string, client: RegisteredClient, endpoint: OwnEndpoint) {
    this.token = token;
    this.client = client;
    this.#endpoint = endpoint;
  }

  /** Starts listening, and registers the client for it, as an operator would. `more` are members of the registration. */
  static async start(
    { url, delivery, like }: { url: string; delivery: 'ping' | 'push'; like: string },
    more: Readonly<Record<string, unknown>>,
  ): Promise<ListeningClient> {
    const token = randomBytes(32).toString('base64url');
    const endpoint = await startOwnEndpoint(readDeployment({ url }, {}), 0, token);
    const name = `${delivery} ${new URL(endpoint.listening.url).port}`;
    const metadata = {
      client_name: `Demo in a terminal, ${name}`,
      backchannel_token_delivery_mode: delivery,
      backchannel_client_notification_endpoint: endpoint.listening.url,
      ...more,
    };
    const client = await registerLike(url, { like, client_id: `demo-${name.replace(' ', '-')}`, metadata });
    return new ListeningClient(token, client, endpoint);
  }

  get url(): string {
    return this.#endpoint.listening.url;
  }

  /** Waits for the ping or the push of a request, and returns the tokens. Throws if the user said no. */
  async tokens(
    config: openid.Configuration,
    { auth_req_id: id, expires_in: seconds }: openid.BackchannelAuthenticationResponse,
  ): Promise<Delivered> {
    const told = await this.#endpoint.told(id, seconds);
    if (told?.kind !== 'push') {
      return { tokens: await openid.genericGrantRequest(config, CIBA_GRANT, { auth_req_id: id }) };
    }
    const refused = v.safeParse(pushedError, told.members);
    if (!refused.success)
      return { tokens: v.parse(tokens, told.members), pushedFor: id, answer: (status) => told.answer(status) };
    told.answer(204);
    throw new Error(`${refused.output.error}: ${refused.output.error_description}`);
  }

  close(): void {
    this.#endpoint.listening.close();
  }
}

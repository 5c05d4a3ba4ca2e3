import { createHash } from 'node:crypto';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { type TestClient, World } from '../../support/world.ts';

/** A local provider with a client of each mode, a user with a phone, and the local routes: what an operator looks at. */
export class OperatedWorld implements AsyncDisposable {
  readonly world: World;
  readonly endpoint: NotificationEndpoint;
  readonly poll: TestClient;
  readonly ping: TestClient;
  readonly person: Awaited<ReturnType<World['person']>>;
  /** The environment of a command. */
  readonly env: Record<string, string>;

  private constructor(
    world: World,
    endpoint: NotificationEndpoint,
    parts: Pick<OperatedWorld, 'poll' | 'ping' | 'person'>,
  ) {
    this.world = world;
    this.endpoint = endpoint;
    this.poll = parts.poll;
    this.ping = parts.ping;
    this.person = parts.person;
    this.env = { CIBA_URL: world.runtime.url };
  }

  static async start(): Promise<OperatedWorld> {
    const endpoint = await NotificationEndpoint.start();
    const world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert] });
    world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
    const poll = await world.client();
    const ping = await world.client({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const person = await world.person();
    return new OperatedWorld(world, endpoint, { poll, ping, person });
  }

  /** A login by polling: two early polls, an approval, and the tokens. */
  async pollLogin(): Promise<Asked> {
    const { world, poll, person } = this;
    const asked = await world.asked(poll, { login_hint: person.email });
    for (const _ of [1, 2]) await world.poll(poll, asked.authReqId);
    await world.answer(person.phone, asked.requestId, 'approve');
    await world.poll(poll, asked.authReqId);
    return named(asked);
  }

  /** A login whose client fetches the tokens after its ping. */
  async pingLogin(): Promise<Asked> {
    const { world, ping, person, endpoint } = this;
    const asked = await world.asked(ping, { login_hint: person.email, client_notification_token: 'n'.repeat(28) });
    const pinged = endpoint.next();
    await world.answer(person.phone, asked.requestId, 'approve');
    await pinged;
    await world.poll(ping, asked.authReqId);
    return named(asked);
  }

  /** A login that the user denies and reports, and what the client gets. */
  async fraudLogin(client = this.poll, person = this.person): Promise<Asked> {
    const { world } = this;
    const asked = await world.asked(client, { login_hint: person.email });
    const { bytes } = await person.phone.read(asked.requestId);
    await person.phone.answer(asked.requestId, bytes, { reason: 'fraud' });
    await world.poll(client, asked.authReqId);
    return named(asked);
  }

  /** Waits until the log has a line, because lines come after answers. */
  async logged(pattern: RegExp): Promise<void> {
    const until = Date.now() + 20_000;
    while (!this.world.logs.some((line) => pattern.test(line))) {
      if (Date.now() > until) throw new Error(`no line ${pattern}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world.close();
    await this.endpoint.close();
  }
}

/** A request by all its names. */
export type Asked = { readonly authReqId: string; readonly requestId: string; readonly txn: string };

function named({ authReqId, requestId }: { authReqId: string; requestId: string }): Asked {
  return { authReqId, requestId, txn: createHash('sha256').update(requestId).digest('hex').slice(0, 16) };
}

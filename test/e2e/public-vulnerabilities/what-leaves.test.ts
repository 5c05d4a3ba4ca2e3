import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../../support/assertions.ts';
import { NotificationEndpoint, type Ping } from '../../support/notification-endpoint.ts';
import { basic, type LogLine, type TestClient, World } from '../../support/world.ts';

// What the provider sends to others, and to whom.

const TOKEN = 'seeded-notification-token';
const MESSAGE = 'SeededMessage';
const NAME = 'Seeded Name';
/** All headers of a ping: those of CIBA §10.2, one that names the call in the logs, and what HTTP itself needs. */
const PING_HEADERS = [
  ...['authorization', 'content-type', 'content-length', 'user-agent', 'x-correlation-id'],
  ...['host', 'connection'],
];

let endpoint: NotificationEndpoint;
let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert] });
  client = await pingClient(world, endpoint.url);
  person = await world.person({ name: NAME });
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

const pingClient = (at: World, url: string): Promise<TestClient> =>
  at.client({
    scope: 'openid profile email',
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: url,
  });

/** Has a request of the ping client approved. */
async function approved(): Promise<{ authReqId: string; requestId: string }> {
  const asked = await world.asked(client, {
    scope: 'openid profile email',
    login_hint: person.email,
    binding_message: MESSAGE,
    client_notification_token: TOKEN,
  });
  expect(await world.answer(person.phone, asked.requestId, 'approve')).toBe(204);
  return asked;
}
/** Whatever came to the endpoint of this request, as soon as something did. */
async function pingsOf(authReqId: string): Promise<readonly Ping[]> {
  const received = () => endpoint.received.filter(({ body }) => body.includes(authReqId));
  await expect.poll(received).not.toEqual([]);
  return received();
}
/** The line of the function that notifies this client, as soon as it has one with this reason. */
async function notifierLine(at: World, { client_id }: TestClient, reason: string): Promise<LogLine> {
  const lines = () =>
    at.logs
      .filter((line) => line.includes('"client-notification"') && line.includes('"message":"request"'))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line['client_id'] === client_id && line['reason'] === reason);
  await expect.poll(lines).not.toEqual([]);
  return lines().at(-1) as LogLine;
}

describe('keycloak#10993: the client’s secret was sent to the service that rings the user', () => {
  it('a push holds ids and an instant, a ping its auth_req_id, and nothing else leaves', async () => {
    const callsBefore = world.runtime.aws.calls.length;
    const { authReqId, requestId } = await approved();
    const [ping] = await pingsOf(authReqId);
    const delivery = world.runtime.push.deliveries.findLast(({ token }) => token === person.phone.identity.pushToken);
    expect(delivery?.payload).toEqual({
      fcmV1Message: {
        message: {
          data: {
            type: 'authentication_request',
            request_id: requestId,
            device_id: person.phone.identity.deviceId,
            expires_at: expect.any(String),
          },
          android: { priority: 'high', ttl: '120s', collapse_key: requestId },
        },
      },
    });
    expect(JSON.parse(ping?.body ?? '')).toEqual({ auth_req_id: authReqId });
    expect(Object.keys(ping?.headers ?? {}).filter((name) => !PING_HEADERS.includes(name))).toEqual([]);
    expect(ping?.headers['authorization']).toBe(`Bearer ${TOKEN}`);

    const { access_token, id_token } = expectTokens(await world.poll(client, authReqId));
    await notifierLine(world, client, 'notified');
    const { authorization: _own, ...headers } = ping?.headers ?? {};
    // The tables are the provider's own; everything else that was called is somebody else's.
    const calls = world.runtime.aws.calls.slice(callsBefore).filter(({ service }) => service !== 'dynamodb');
    const left: Readonly<Record<string, readonly string[]>> = {
      pushes: [JSON.stringify([delivery?.payload, delivery?.attributes])],
      'pings, but for their own header and id': [JSON.stringify(headers), (ping?.body ?? '').replace(authReqId, '')],
      'calls of AWS': calls.map(({ body }) => decodeURIComponent(body.toString().replaceAll('+', ' '))),
      logs: world.logs.filter((line) => !line.includes('"message":"audit"')),
    };
    expect(calls.length).toBeGreaterThan(1);
    const seeded: Readonly<Record<string, string>> = {
      'client secret': client.client_secret,
      'its header': basic(client),
      'notification token': TOKEN,
      auth_req_id: authReqId,
      'access token': access_token,
      'ID token': id_token,
      'binding message': MESSAGE,
      name: NAME,
      'e-mail address': person.email,
    };
    const leaks = Object.entries(left).flatMap(([where, texts]) =>
      Object.entries(seeded)
        .filter(([, secret]) => texts.some((text) => text.includes(secret)))
        .map(([what]) => `${what} in ${where}`),
    );
    expect(leaks).toEqual([]);
  });
});

describe('better-auth#8485 (review): a notification followed a redirect and took its bearer token along', () => {
  it.each([301, 302, 303, 307, 308])('%i is an answer: nothing is sent to where it leads', async (status) => {
    endpoint.behave(status);
    const { authReqId } = await approved();
    await pingsOf(authReqId);
    await expect.poll(async () => (await notifierLine(world, client, 'notified'))['notification_status']).toBe(status);
    endpoint.behave(204);
    expect(endpoint.received.filter(({ path }) => path === '/redirected')).toEqual([]);
    expect(await pingsOf(authReqId)).toHaveLength(1);
  });
});

describe('Abblix/Oidc.Server#166: a client in ping mode redeemed its auth_req_id again and again', () => {
  const redeemed = { status: 400, error: 'invalid_grant', reason: 'already_redeemed' };

  it('a second redemption after the ping is invalid_grant', async () => {
    const { authReqId } = await approved();
    await pingsOf(authReqId);
    expectTokens(await world.poll(client, authReqId));
    await expectRefusal(world, await world.poll(client, authReqId), redeemed);
  });

  it('two polls at once that do not wait for the ping get the tokens once', async () => {
    const { authReqId } = await approved();
    const polls = await Promise.all([world.poll(client, authReqId), world.poll(client, authReqId)]);
    expect(polls.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    await expectRefusal(world, await world.poll(client, authReqId), redeemed);
  });

  it.each(['http://client.example/ciba', 'https://user@client.example/ciba', 'ftp://client.example/ciba'])(
    'an endpoint that is no plain https URL is not registered: %s',
    async (url) => {
      const metadata = {
        client_name: 'Shop',
        token_endpoint_auth_method: 'client_secret_basic',
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: url,
      };
      await expectRefusal(world, await world.admin('POST', '/admin/clients', metadata), {
        status: 400,
        error: 'invalid_client_metadata',
        reason: 'invalid_client_metadata',
      });
    },
  );
});

describe('CVE-2026-1518 and zeroid#138: a notification endpoint led into the provider’s own network', () => {
  it('a registered endpoint on this machine is never called, by name or by number', async () => {
    // As in an AWS account: this machine is not among the networks that are allowed beside the public internet.
    const strict = await World.start({
      clock: 'running',
      trustedCertificates: [endpoint.cert],
      variables: { NOTIFICATION_NETWORKS: '192.0.2.0/24' },
    });
    try {
      const { email, phone } = await strict.person();
      const before = endpoint.received.length;
      // A number is refused when it is registered. What a name resolves to shows only when it is called.
      for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]']) {
        const registered = await strict.admin('POST', '/admin/clients', {
          client_name: `At ${host}`,
          token_endpoint_auth_method: 'client_secret_basic',
          backchannel_token_delivery_mode: 'ping',
          backchannel_client_notification_endpoint: endpoint.url.replace('localhost', host),
        });
        await expectRefusal(strict, registered, {
          status: 400,
          error: 'invalid_client_metadata',
          reason: 'invalid_client_metadata',
        });
        expect(registered.body['error_description']).toContain('no IP address or a public one');
      }
      const inward = await pingClient(strict, endpoint.url);
      const form = { login_hint: email, client_notification_token: TOKEN };
      const { requestId } = await strict.asked(inward, form);
      await strict.answer(phone, requestId, 'approve');
      const line = await notifierLine(strict, inward, 'endpoint_unreachable');
      expect(line['detail']).toBe('address_not_public');
      expect(endpoint.received).toHaveLength(before);
    } finally {
      await strict.close();
    }
  });
});

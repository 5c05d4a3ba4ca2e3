import { expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import type { NotificationProbe, ProbedEndpoint } from '../../../provider/flows/notifying/ports.ts';
import { type TestEndpointPorts, testEndpoint } from '../../../provider/flows/notifying/test-endpoint.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { startWorld } from '../world/world.ts';

const ENDPOINT = 'https://bank.example/ping';

/** A bank whose endpoint answers so. */
function testingWorld(answer: ProbedEndpoint, client: Partial<Client> = { notificationEndpoint: ENDPOINT }) {
  const world = startWorld();
  const { clients } = clientsIn(world.journal, [{ ...BANK, ...client }]);
  const sent: Parameters<NotificationProbe['probe']>[0][] = [];
  const probe: NotificationProbe = {
    probe: async (notification) => {
      sent.push(notification);
      return answer;
    },
  };
  const ports: TestEndpointPorts = { ...world.ports, clients, probe };
  return { sent, test: (clientId = BANK.clientId) => testEndpoint(ports, clientId) };
}

const reached = { status: 401, tlsVersion: 'TLSv1.3', certificateEndsAt: 2_000_000_000 };

it('sends a made-up token and a made-up auth_req_id, other ones each time, to the registered endpoint alone', async () => {
  const { sent, test } = testingWorld(reached);
  await test();
  await test();
  const [first, second] = sent;
  expect(first).toMatchObject({ endpoint: ENDPOINT, correlationId: expect.stringMatching(/^test-/) });
  const madeUp = [first?.token, first?.authReqId, second?.token, second?.authReqId];
  expect(new Set(madeUp).size).toBe(4);
  for (const value of madeUp) expect(value).toMatch(/^\S+$/);
});

it('tells the status, the version of TLS and the end of the certificate, and nothing that the endpoint sent', async () => {
  expect(await testingWorld(reached).test()).toEqual({
    outcome: 'answered',
    endpoint: ENDPOINT,
    status: 401,
    tls_version: 'TLSv1.3',
    certificate_ends_at: 2_000_000_000,
  });
});

it('tells why no ping would arrive', async () => {
  const { test } = testingWorld({ unreachable: 'address_not_public' });
  expect(await test()).toEqual({ outcome: 'unreachable', endpoint: ENDPOINT, reason: 'address_not_public' });
});

it('calls nobody for an unknown client, or for one that is not notified', async () => {
  const { sent, test } = testingWorld(reached, {});
  expect(await test('nobody')).toEqual({ outcome: 'no_client' });
  expect(await test()).toEqual({ outcome: 'no_endpoint' });
  expect(sent).toEqual([]);
});

import type { EndpointTestReport } from '../../core/notifying/endpoint-test.ts';
import type { Clients } from '../client/ports.ts';
import type { Entropy } from '../ports.ts';
import type { NotificationProbe } from './ports.ts';

/** What this flow needs. */
export type TestEndpointPorts = {
  readonly clients: Pick<Clients, 'findAnew'>;
  readonly probe: NotificationProbe;
  readonly entropy: Entropy;
};

/**
 * Tries the notification endpoint of a client, as it is registered now. The ping that it sends has the form of a real one
 * (CIBA §10.2), but its token and its `auth_req_id` are made up for it, so it belongs to no request: an endpoint that
 * checks the token refuses it, and one that does not check fetches no tokens with it. The caller names a client and never
 * an address, so only what is registered is called. Nothing is stored.
 */
export async function testEndpoint(
  { clients, probe, entropy }: TestEndpointPorts,
  clientId: string,
): Promise<EndpointTestReport> {
  const client = await clients.findAnew(clientId);
  if (!client) return { outcome: 'no_client' };
  const endpoint = client.notificationEndpoint;
  if (endpoint === undefined) return { outcome: 'no_endpoint' };
  const madeUp = { token: entropy.secret(), authReqId: entropy.secret(), correlationId: `test-${entropy.id()}` };
  const answer = await probe.probe({ endpoint, ...madeUp });
  if ('unreachable' in answer) return { outcome: 'unreachable', endpoint, reason: answer.unreachable };
  const { status, tlsVersion: tls_version, certificateEndsAt: certificate_ends_at } = answer;
  return { outcome: 'answered', endpoint, status, tls_version, certificate_ends_at };
}

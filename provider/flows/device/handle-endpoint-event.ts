import type { AuditTrail, Clock } from '../ports.ts';
import type { Devices } from './ports.ts';

/** A device behind a push endpoint. */
export type EndpointUser = { readonly sub: string; readonly deviceId: string };
/** What handling an event of a push endpoint needs. */
export type EndpointEventPorts = {
  readonly endpoints: {
    /** Whether SNS would still push to it. */
    isEnabled(endpointArn: string): Promise<boolean>;
    /** The devices that share the endpoint. */
    usersOf(endpointArn: string): Promise<readonly EndpointUser[]>;
  };
  readonly devices: Pick<Devices, 'markUnreachable'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
};

/**
 * SNS told that something happened to an endpoint. What it told is not believed: the endpoint is asked, and only a dead
 * one makes its devices unreachable. So an event that is late, repeated or forged does no harm. Tells how many.
 */
export async function handleEndpointEvent(ports: EndpointEventPorts, endpointArn: string): Promise<number> {
  if (await ports.endpoints.isEnabled(endpointArn)) return 0;
  const users = await ports.endpoints.usersOf(endpointArn);
  await Promise.all(users.map((user) => mark(ports, { ...user, endpointArn })));
  return users.length;
}

async function mark(ports: EndpointEventPorts, device: EndpointUser & { endpointArn: string }): Promise<void> {
  const { sub, deviceId } = device;
  if (await ports.devices.markUnreachable(device))
    ports.audit.write({ event: 'device_unreachable', sub, deviceId, by: 'push service' }, ports.clock());
}

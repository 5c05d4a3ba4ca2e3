import { type MarkUnreachablePorts, markUnreachable } from './mark-unreachable.ts';

/** A device behind a push endpoint. */
export type EndpointUser = { readonly sub: string; readonly deviceId: string };
/** What handling an event of a push endpoint needs. */
export type EndpointEventPorts = MarkUnreachablePorts & {
  readonly endpoints: {
    /** Whether SNS would still push to it. */
    isEnabled(endpointArn: string): Promise<boolean>;
    /** The devices that share the endpoint. */
    usersOf(endpointArn: string): Promise<readonly EndpointUser[]>;
  };
};

/**
 * SNS told that something happened to an endpoint. What it told is not believed: the endpoint is asked, and only a dead
 * one makes its devices unreachable. So an event that is late, repeated or forged does no harm. Tells how many.
 */
export async function handleEndpointEvent(ports: EndpointEventPorts, endpointArn: string): Promise<number> {
  if (await ports.endpoints.isEnabled(endpointArn)) return 0;
  const users = await ports.endpoints.usersOf(endpointArn);
  await Promise.all(users.map((user) => markUnreachable(ports, { ...user, endpointArn })));
  return users.length;
}

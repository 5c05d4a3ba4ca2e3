import { type MarkUnreachablePorts, markUnreachable } from './mark-unreachable.ts';

/** A device behind a push endpoint. */
export type EndpointUser = { readonly sub: string; readonly deviceId: string };
/** What handling an event of a push endpoint needs. */
export type EndpointEventPorts = MarkUnreachablePorts & {
  readonly endpoints: {
    /** Returns whether SNS would still push to the endpoint. */
    isEnabled(endpointArn: string): Promise<boolean>;
    /** Returns the devices that share the endpoint. */
    usersOf(endpointArn: string): Promise<readonly EndpointUser[]>;
  };
};

/**
 * Handles SNS's report that something happened to an endpoint. The report itself is not trusted: the flow asks SNS for
 * the state of the endpoint, and marks its devices unreachable only if the endpoint is dead. A late, repeated or forged
 * event therefore does no harm. Returns how many devices share the dead endpoint.
 */
export async function handleEndpointEvent(ports: EndpointEventPorts, endpointArn: string): Promise<number> {
  if (await ports.endpoints.isEnabled(endpointArn)) return 0;
  const users = await ports.endpoints.usersOf(endpointArn);
  await Promise.all(users.map((user) => markUnreachable(ports, { ...user, endpointArn })));
  return users.length;
}

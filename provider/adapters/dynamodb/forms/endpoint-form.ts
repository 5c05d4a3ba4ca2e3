import { sha256 } from '../../../core/digest.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a push endpoint and of the devices that share it, in Directory.

/**
 * A push endpoint. The set `devices` disappears with its last device. `leaving` closes the endpoint before it is
 * deleted at SNS.
 */
export type EndpointForm = {
  readonly arn: string;
  readonly devices?: ReadonlySet<string>;
  readonly leaving?: true;
};
/** A device that shares an endpoint. */
export type EndpointMember = { readonly sub: string; readonly deviceId: string };

export const endpointKey = (arn: string): Key<EndpointForm> => ({ pk: `ENDPOINT#${sha256(arn)}`, sk: 'ENDPOINT' });

/** Returns `deviceId|sub`. A device id contains no bar; a subject may contain one. */
export const endpointMember = ({ sub, deviceId }: EndpointMember): string => `${deviceId}|${sub}`;

export function endpointMembers(item: Stored<EndpointForm> | undefined): readonly EndpointMember[] {
  return [...(item?.devices ?? [])].map((member) => {
    const bar = member.indexOf('|');
    return { deviceId: member.slice(0, bar), sub: member.slice(bar + 1) };
  });
}

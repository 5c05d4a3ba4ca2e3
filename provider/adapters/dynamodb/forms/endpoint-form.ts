import { sha256 } from '../../../core/digest.ts';
import type { Key, Stored } from '../table.ts';

// How a push endpoint and who shares it look in Directory.

/** A push endpoint. The set goes with its last device; `leaving` closes the endpoint before it is deleted at SNS. */
export type EndpointForm = {
  readonly arn: string;
  readonly devices?: ReadonlySet<string>;
  readonly leaving?: true;
};
/** A device that shares an endpoint. */
export type EndpointMember = { readonly sub: string; readonly deviceId: string };

export const endpointKey = (arn: string): Key<EndpointForm> => ({ pk: `ENDPOINT#${sha256(arn)}`, sk: 'ENDPOINT' });

/** `deviceId|sub`: a device id has no bar, a subject may have one. */
export const endpointMember = ({ sub, deviceId }: EndpointMember): string => `${deviceId}|${sub}`;

export function endpointMembers(item: Stored<EndpointForm> | undefined): readonly EndpointMember[] {
  return [...(item?.devices ?? [])].map((member) => {
    const bar = member.indexOf('|');
    return { deviceId: member.slice(0, bar), sub: member.slice(bar + 1) };
  });
}

import type { Platform } from '../../core/device/device.ts';
import {
  type EndpointAction,
  type PushRightsReport,
  rightFrom,
  type SnsAnswer,
} from '../../core/operating/push-rights.ts';

/** What proving the rights on push endpoints needs. */
export type ProvePushRightsPorts = {
  readonly endpointRights: {
    /** The platforms whose application this deployment uses. */
    readonly platforms: readonly Platform[];
    /** What the function does to push endpoints. */
    readonly actions: readonly EndpointAction[];
    /** Tries an action on an endpoint that does not exist, so that no phone rings and nothing changes. */
    attempt(one: { readonly platform: Platform; readonly action: EndpointAction }): Promise<SnsAnswer>;
  };
};

/** Proves what the role of the running function may do to push endpoints, by asking SNS. */
export async function provePushRights({ endpointRights }: ProvePushRightsPorts): Promise<PushRightsReport> {
  const { platforms, actions } = endpointRights;
  const tried = platforms.flatMap((platform) => actions.map((action) => ({ platform, action })));
  const rights = await Promise.all(
    tried.map(async (one) => ({ ...one, ...rightFrom(await endpointRights.attempt(one)) })),
  );
  return { platforms, rights };
}

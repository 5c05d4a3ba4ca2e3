import { isAudienceAllowed } from '../asking/audience.ts';
import { grantScopes } from '../asking/scope.ts';
import { type Client, isSameRegistration, mayUseGrant } from '../client/client.ts';
import { blockOf } from '../person/client-block.ts';
import { claimsFor, isSamePerson, type UserWithBlocks } from '../person/user.ts';
import type { Grant } from './grant.ts';
import type { GrantType } from './grant-types.ts';
import type { TakenBack } from './refusals.ts';

/** The user and the client of a grant as they are stored now. Undefined means that there is none. */
export type Present = {
  readonly owner: UserWithBlocks | undefined;
  readonly client: Client | undefined;
};

/** What is left of a grant: what may become tokens, for the client as it is registered now, or nothing. */
export type GrantJudgement =
  | { readonly outcome: 'stands'; readonly grant: Grant; readonly client: Client }
  | { readonly outcome: 'taken_back'; readonly because: TakenBack };

/** What the grant is used for. `blocksReported`: whether a report of fraud blocks a client. */
type Use = { readonly grantType: GrantType; readonly issuer: string; readonly blocksReported: boolean };

/**
 * Judges what is left of a grant now. Nothing is left
 * - if its user was blocked since, even if they were unblocked again;
 * - if its user was removed, even if another person has the `sub` now;
 * - if its user reported the client for fraud since;
 * - if the device that approved was removed;
 * - if the client was removed, even if another one has its id now, or may no longer ask for this.
 *
 * A client that lost scopes gets the scopes that are left, without the claims that only the lost scopes release. It
 * never gets another audience than the user was shown. `openid` is always left, because a client cannot lose it. A grant
 * without it may lose every scope, and then nothing is left. Whether the client must ask for `openid` now has no influence:
 * the user approved what they were shown.
 */
export function judgeGrant(grant: Grant, { owner, client }: Present, use: Use): GrantJudgement {
  if (!client) return { outcome: 'taken_back', because: 'client_removed' };
  const because = personTakenBack(grant, owner) ?? reported(grant, owner, use) ?? clientTakenBack(grant, client, use);
  if (because !== undefined) return { outcome: 'taken_back', because };
  const scopes = grantScopes(grant.scopes, client.scopes);
  return { outcome: 'stands', client, grant: { ...grant, scopes, claims: claimsFor(scopes, grant.claims) } };
}

function personTakenBack(grant: Grant, owner: UserWithBlocks | undefined): TakenBack | undefined {
  if (!owner) return 'user_removed';
  if (!isSamePerson(owner.user, grant)) return 'user_replaced';
  if (owner.user.status === 'blocked' || grant.blockCount !== owner.user.blockCount) return 'user_blocked';
  return owner.devices.some((device) => device.deviceId === grant.deviceId) ? undefined : 'device_removed';
}

function reported(grant: Grant, owner: UserWithBlocks | undefined, { blocksReported }: Use): TakenBack | undefined {
  const block = owner && blockOf(owner.blocks, { client: grant, profileId: grant.profileId });
  return block?.report && blocksReported ? 'client_reported' : undefined;
}

/** Whatever the client's registration takes back is compared here, with the registration as it is stored now. */
function clientTakenBack(grant: Grant, client: Client, { grantType, issuer }: Use): TakenBack | undefined {
  if (!isSameRegistration(client, grant)) return 'client_replaced';
  const { sub, audience, scopes } = grant;
  if (!mayUseGrant(client, grantType)) return 'grant_type_removed';
  if (client.onlySub !== undefined && client.onlySub !== sub) return 'user_not_for_client';
  if (!audience.every((one) => isAudienceAllowed(one, client, issuer))) return 'audience_removed';
  return grantScopes(scopes, client.scopes).length > 0 ? undefined : 'scopes_removed';
}

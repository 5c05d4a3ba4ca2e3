import type { Client } from '../client/client.ts';
import { askedClasses } from '../deciding/acr.ts';
import type { AcrRule } from '../deciding/acr-rule.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Nothing, Whole } from '../whole.ts';
import { grantAudience } from './audience.ts';
import type { BackchannelRequest } from './backchannel-request.ts';
import { grantScopes } from './scope.ts';

/**
 * What a client asks the user to grant, as it is shown to the user. It is stored with the frozen details and copied
 * from there into the grant. Polls neither read nor write it.
 */
export type Asked = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /**
   * The classes of which the approval must reach one, by the rules of the policy when the request was made, in the
   * client's order of preference. Undefined if the client asked for none that the policy knows.
   */
  readonly acrValues?: readonly AcrRule[] | undefined;
};

/** The settings by which it is decided what may be asked. */
export type AskedPolicy = { readonly issuer: string; readonly acrPolicy: readonly AcrRule[] };

/**
 * Returns what the client may ask the user to grant. Every parameter must be used here or be listed as not part of it.
 * Otherwise this does not compile.
 */
export function checkAsked(
  wanted: BackchannelRequest,
  client: Client,
  { issuer, acrPolicy }: AskedPolicy,
): Result<Whole<Asked>> {
  const { scopes, audience, resources, acrValues, ...more } = wanted;
  const { hint, bindingMessage, userCode, expiresInSeconds, notificationToken, ...others } = more;
  others satisfies Nothing;
  const target = grantAudience({ audience, resources }, client, issuer);
  if (!target.ok) return target;
  const granted = grantScopes(scopes, client.scopes);
  // The user would be asked to approve an empty list.
  if (granted.length === 0) return refuse({ reason: 'scope_not_allowed' });
  return ok({
    clientId: client.clientId,
    scopes: granted,
    audience: target.value,
    acrValues: askedClasses(acrValues, acrPolicy),
  });
}

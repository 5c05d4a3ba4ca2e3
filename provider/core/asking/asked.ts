import type { Client } from '../client/client.ts';
import { ok, type Result } from '../result.ts';
import type { Nothing, Whole } from '../whole.ts';
import { grantAudience } from './audience.ts';
import type { BackchannelRequest } from './backchannel-request.ts';
import { grantScopes } from './scope.ts';

/**
 * What a client asks the user to grant, as the user is shown it. It is stored with the frozen details and travels from
 * there into the grant. Polls neither read nor write it.
 */
export type Asked = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
};

/**
 * Of what a client sent, what it may ask the user to grant. A parameter that is read, and neither asked for nor named
 * here as one for the request alone, does not compile.
 */
export function checkAsked(wanted: BackchannelRequest, client: Client, issuer: string): Result<Whole<Asked>> {
  const { scopes, audience, resources, ...more } = wanted;
  const { hint, bindingMessage, expiresInSeconds, notificationToken, ...others } = more;
  others satisfies Nothing;
  const target = grantAudience({ audience, resources }, client, issuer);
  if (!target.ok) return target;
  return ok({ clientId: client.clientId, scopes: grantScopes(scopes, client.scopes), audience: target.value });
}

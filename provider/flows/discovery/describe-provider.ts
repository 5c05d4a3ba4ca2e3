import { classesToAskFor } from '../../core/asking/acr-values.ts';
import type { Profile } from '../../core/client/profile.ts';
import { providerMetadata } from '../../core/discovery/provider-metadata.ts';
import type { PublicJwk } from '../../core/keys/jwk.ts';
import { publishedKeys } from '../../core/keys/signing-key.ts';
import { ok, type Result } from '../../core/result.ts';
import type { PublishedSigningKeys } from '../keys/ports.ts';
import type { Settings } from '../ports.ts';

/** What this flow needs. */
export type DescribeProviderPorts = { readonly settings: Settings; readonly profile: Profile };

/** Returns the discovery document, without any I/O. */
export function describeProvider({
  settings: { issuer, acrPolicy },
  profile,
}: DescribeProviderPorts): Result<Readonly<Record<string, unknown>>> {
  return ok(providerMetadata({ issuer, acrValues: classesToAskFor(acrPolicy), profile }));
}

/** Returns the key set (RFC 7517 §5): next, active and retiring keys. */
export async function publishKeys(keys: PublishedSigningKeys): Promise<Result<{ keys: readonly PublicJwk[] }>> {
  return ok({ keys: publishedKeys(await keys.all()) });
}

import { providerMetadata } from '../../core/discovery/provider-metadata.ts';
import type { PublicJwk } from '../../core/keys/jwk.ts';
import { publishedKeys } from '../../core/keys/signing-key.ts';
import { ok, type Result } from '../../core/result.ts';
import type { PublishedSigningKeys } from '../keys/ports.ts';
import type { Settings } from '../ports.ts';

/** The discovery document: no I/O at all. */
export function describeProvider(settings: Settings): Result<Readonly<Record<string, unknown>>> {
  return ok(
    providerMetadata(
      settings.issuer,
      settings.acrPolicy.map((rule) => rule.acr),
    ),
  );
}

/** The key set (RFC 7517 §5): next, active and retiring keys. */
export async function publishKeys(keys: PublishedSigningKeys): Promise<Result<{ keys: readonly PublicJwk[] }>> {
  return ok({ keys: publishedKeys(await keys.all()) });
}

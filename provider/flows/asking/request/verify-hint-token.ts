import type { LoginHint } from '../../../core/asking/hint.ts';
import { type HintIssuer, trustedIssuer } from '../../../core/asking/hint-issuer.ts';
import { checkHintToken } from '../../../core/asking/login-hint-token.ts';
import type { WrongHintToken } from '../../../core/asking/refusals.ts';
import type { Client } from '../../../core/client/client.ts';
import { SIGNING_ALGORITHMS } from '../../../core/keys/jwk.ts';
import { candidateKeys } from '../../../core/keys/key-set.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { JwsVerifier, RemoteKeySets, Replays, Settings, UnverifiedJws } from '../../ports.ts';

/** What this step needs. */
export type VerifyHintTokenPorts = {
  readonly verifier: JwsVerifier;
  readonly remoteKeySets: RemoteKeySets;
  readonly replays: Replays;
  readonly settings: Settings;
};

const wrong = (because: WrongHintToken) => refuse({ reason: 'login_hint_token_invalid', because });

/**
 * Verifies a `login_hint_token`: first the signature, by a key of an issuer that is trusted for this client, then the
 * claims, then the `jti`. So whoever cannot sign neither learns nor stores anything.
 */
export async function verifyHintToken(
  ports: VerifyHintTokenPorts,
  { token, client }: { readonly token: string; readonly client: Client },
  now: number,
): Promise<Result<LoginHint>> {
  const jws = ports.verifier.decode(token);
  if (!jws) return wrong('malformed');
  const trusted = trustedIssuer(jws.claims['iss'], client.hintIssuers, ports.settings.hintIssuers);
  if (!trusted) return wrong('issuer');
  const signed = await checkSignature(ports, token, { jws, trusted });
  if (!signed.ok) return signed;
  const checked = checkHintToken(jws, { trusted, names: ports.settings }, now);
  if (!checked.ok) return checked;
  const { hint, jti } = checked.value;
  // Client assertions are remembered by the id of their client, which has no space.
  const issuer = `login_hint_token ${trusted.issuer}`;
  const isFirst = jti === undefined || (await ports.replays.recordFirstUse({ issuer, ...jti }));
  return isFirst ? ok(hint) : wrong('replayed');
}

/**
 * Checks that a key of the issuer made the signature. Of the header, only `alg` and `kid` are read, to pick the key.
 */
async function checkSignature(
  { verifier, remoteKeySets }: VerifyHintTokenPorts,
  token: string,
  { jws, trusted }: { readonly jws: UnverifiedJws; readonly trusted: HintIssuer },
): Promise<Result<true>> {
  const { alg, kid } = jws.header;
  const algorithm = SIGNING_ALGORITHMS.find((known) => known === alg);
  if (!algorithm) return wrong('signature');
  const { keys, jwksUri } = trusted;
  const found = jwksUri === undefined ? { keys } : await remoteKeySets.find(jwksUri, { kid });
  if ('failure' in found) return wrong('keys');
  const candidates = candidateKeys(found.keys, { kid, algorithm });
  const verified = await Promise.all(candidates.map((key) => verifier.verifies(token, key, algorithm)));
  return verified.includes(true) ? ok(true) : wrong('signature');
}

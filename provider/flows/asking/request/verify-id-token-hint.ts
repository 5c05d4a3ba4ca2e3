import type { LoginHint } from '../../../core/asking/hint.ts';
import { judgeIdTokenHint } from '../../../core/asking/id-token-hint.ts';
import type { Client } from '../../../core/client/client.ts';
import { type Result, refuse } from '../../../core/result.ts';
import type { VerificationKeys } from '../../keys/ports.ts';
import { isSignedHere } from '../../keys/signed-here.ts';
import type { JwsVerifier, Settings } from '../../ports.ts';

/** What this step needs. */
export type VerifyIdTokenHintPorts = {
  readonly verifier: JwsVerifier;
  readonly keys: VerificationKeys;
  readonly settings: Settings;
};

/** Verifies an ID token with the key of this provider that it names. Its header decides nothing else. */
export async function verifyIdTokenHint(
  ports: VerifyIdTokenHintPorts,
  { token, client: { clientId } }: { readonly token: string; readonly client: Client },
  now: number,
): Promise<Result<LoginHint>> {
  const jws = ports.verifier.decode(token);
  if (!jws) return refuse({ reason: 'id_token_hint_invalid', because: 'malformed' });
  const { settings } = ports;
  const acceptedForSeconds = settings.rotation.keepPublicForSeconds;
  const judged = judgeIdTokenHint(jws, { clientId, names: settings, acceptedForSeconds }, now);
  if (!judged.ok) return judged;
  return (await isSignedHere(ports, token, jws))
    ? judged
    : refuse({ reason: 'id_token_hint_invalid', because: 'signature' });
}

import type { LoginHint, SentHint } from '../../../core/asking/hint.ts';
import { judgeIdTokenHint } from '../../../core/asking/id-token-hint.ts';
import type { Client } from '../../../core/client/client.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { VerificationKeys } from '../../keys/ports.ts';
import { isSignedHere } from '../../keys/signed-here.ts';
import { type VerifyHintTokenPorts, verifyHintToken } from './verify-hint-token.ts';

/** What this step needs. */
export type VerifyHintPorts = VerifyHintTokenPorts & { readonly keys: VerificationKeys };

/** Verifies the hint, if it is a token. A token that does not hold is refused, and never counts as absent. */
export async function verifyHint(
  ports: VerifyHintPorts,
  { sent, client }: { readonly sent: SentHint; readonly client: Client },
  now: number,
): Promise<Result<LoginHint>> {
  if (sent.kind === 'id_token_hint') return verifyIdToken(ports, { token: sent.token, client }, now);
  return sent.kind === 'login_hint_token' ? verifyHintToken(ports, { token: sent.token, client }, now) : ok(sent);
}

/** Verifies an ID token with the key of this provider that it names. Its header decides nothing else. */
async function verifyIdToken(
  ports: VerifyHintPorts,
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

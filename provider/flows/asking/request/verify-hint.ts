import type { LoginHint, SentHint } from '../../../core/asking/hint.ts';
import type { Client } from '../../../core/client/client.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { VerifyHintTokenPorts } from './verify-hint-token.ts';
import type { VerifyIdTokenHintPorts } from './verify-id-token-hint.ts';

/** What this step needs. */
export type VerifyHintPorts = VerifyHintTokenPorts & VerifyIdTokenHintPorts;

/**
 * Verifies the hint, if it is a token. A token that does not hold is refused, and never counts as absent. The code for
 * tokens is loaded when the first one comes.
 */
export async function verifyHint(
  ports: VerifyHintPorts,
  { sent, client }: { readonly sent: SentHint; readonly client: Client },
  now: number,
): Promise<Result<LoginHint>> {
  if (sent.kind === 'id_token_hint') {
    const { verifyIdTokenHint } = await import('./verify-id-token-hint.ts');
    return verifyIdTokenHint(ports, { token: sent.token, client }, now);
  }
  if (sent.kind === 'login_hint_token') {
    const { verifyHintToken } = await import('./verify-hint-token.ts');
    return verifyHintToken(ports, { token: sent.token, client }, now);
  }
  return ok(sent);
}

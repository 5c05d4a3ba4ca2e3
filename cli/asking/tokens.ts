import { asksIdToken } from '../../provider/core/asking/scope.ts';
import type { CheckedTokens } from './outcome.ts';

/** Tokens as the token endpoint answers them, or as a push brings them. */
export type IssuedTokens = {
  readonly access_token: string;
  readonly token_type: string;
  readonly id_token?: string | undefined;
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
  readonly refresh_token?: string | undefined;
};
/** What a client knows before the tokens come. `authReqId`: they were pushed for this request. */
type Expected = {
  readonly issuer: string;
  readonly clientId: string;
  readonly jwksUri: string;
  readonly authReqId?: string | undefined;
};

/** Decodes and verifies the tokens of an answer. Throws with a sentence if one of them does not hold. */
export async function checkedTokens(
  { id_token: idToken, access_token: accessToken, ...answer }: IssuedTokens,
  by: Expected,
): Promise<CheckedTokens> {
  const { checkTokens } = await import('../../local/demo/token-check.ts');
  const isAsked = answer.scope === undefined || asksIdToken(answer.scope.split(' '));
  if (isAsked && idToken === undefined) throw new Error('the answer has no ID token, although openid was granted');
  const checked = await checkTokens({ ...by, idToken, accessToken });
  const decoded = ({ protectedHeader, payload }: (typeof checked)['accessToken']) => ({
    header: { ...protectedHeader },
    claims: { ...payload },
  });
  return {
    token_type: answer.token_type,
    expires_in: answer.expires_in,
    scope: answer.scope,
    ...(checked.idToken && { id_token: decoded(checked.idToken) }),
    access_token: decoded(checked.accessToken),
    has_refresh_token: answer.refresh_token !== undefined,
  };
}

/** What a client in push mode is told when it gets no tokens (CIBA §12). */
export type PushError = 'access_denied' | 'expired_token' | 'transaction_failed';

// The user's own denial, an approval that was taken back and a report of the client share their words: the client is
// not to learn which it was.
const DESCRIPTIONS: Readonly<Record<PushError, string>> = {
  access_denied: 'The end-user denied the authorization request.',
  expired_token: 'The authentication request has expired without an answer.',
  transaction_failed: 'Something went wrong after the end-user had answered. Start again.',
};

/** Returns the body of a push that tells an error (CIBA §12). It is the same at every try. */
export function errorBody(authReqId: string, error: PushError): string {
  return JSON.stringify({ auth_req_id: authReqId, error, error_description: DESCRIPTIONS[error] });
}

/** Returns the body of a push with tokens (CIBA §10.3.1): the answer of a token endpoint, and what it answers. */
export function tokensBody(authReqId: string, tokens: object): string {
  return JSON.stringify({ auth_req_id: authReqId, ...tokens });
}

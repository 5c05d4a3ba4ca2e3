/** What the person does about a login. */
export type Intent = 'approve' | 'deny' | 'nothing';
/** How a login ended for its client: with tokens, or with an error of the token endpoint. */
export type LoginEnd = 'tokens' | 'access_denied' | 'expired_token' | 'invalid_grant';

/** What client and phone saw of one login. */
export type LoginRecord = {
  readonly index: number;
  readonly intent: Intent;
  readonly mode: 'poll' | 'ping';
  readonly sub: string;
  readonly clientId: string;
  /** The `client_notification_token`. */
  readonly pingToken: string;
  authReqId: string | undefined;
  requestId: string | undefined;
  /** Authentication requests that failed or got no answer. Each may have left a request in the table. */
  failedAsks: number;
  /** Token requests that got no answer. The tokens may have been in it. */
  lostPolls: number;
  /** The `jti` of each access token. */
  readonly tokens: string[];
  end: LoginEnd | undefined;
  /** Whether the phone was pushed. Otherwise it found the request in its list. */
  isPushed: boolean;
  /** What went wrong, in words. */
  readonly problems: string[];
};

import type { ClientAuthenticationMethod, ClientCredential } from '../../../core/client/client.ts';
import type { Profile } from '../../../core/client/profile.ts';
import type { FormParameters } from '../../../core/form.ts';
import type { Result } from '../../../core/result.ts';
import type { KeyConfirmation } from '../../../core/token/sender-constraint.ts';
import type { Clock, JwsVerifier, Note, Replays, Settings } from '../../ports.ts';

/** One call of a client, as far as a method may look at it. */
export type ClientCall = {
  readonly form: FormParameters;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The URL that was called, without query. */
  readonly url: string;
  /** The client certificate of the TLS connection in PEM; undefined where none was asked for or shown. */
  readonly certificate: string | undefined;
  readonly note: Note;
};

/** What the methods need. */
export type MethodPorts = {
  readonly replays: Replays;
  readonly verifier: JwsVerifier;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
};

/** What a caller presented by one method, not yet believed. */
export type Presented = {
  readonly clientId: string;
  /**
   * Whether it proves the client. A secret is compared even when no client has the id, so that time does not tell.
   * Yields the key that the client proved to hold, where the method has one.
   */
  prove(registered: ClientCredential | undefined): Promise<Result<KeyConfirmation | undefined>>;
};

/** One way in which a client may authenticate (OIDC Core §9, RFC 8705 §2). */
export type AuthenticationMethod = {
  readonly name: ClientAuthenticationMethod;
  /** Whether the call uses this method, rightly or not. A call uses exactly one (RFC 6749 §2.3). */
  isUsedBy(call: ClientCall): boolean;
  /** What the caller presents. Called only when the method is used. */
  read(ports: MethodPorts, call: ClientCall): Result<Presented>;
};

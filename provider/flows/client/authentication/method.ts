import type { ClientAuthenticationMethod, ClientCredential } from '../../../core/client/client.ts';
import type { Profile } from '../../../core/client/profile.ts';
import type { FormParameters } from '../../../core/form.ts';
import type { Result } from '../../../core/result.ts';
import type { KeyConfirmation } from '../../../core/token/sender-constraint.ts';
import type { Clock, JwsVerifier, Note, Replays, Settings } from '../../ports.ts';

/** One call of a client: the parts that an authentication method may read. */
export type ClientCall = {
  readonly form: FormParameters;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The URL that was called, without query. */
  readonly url: string;
  /** The client certificate of the TLS connection in PEM. Undefined if none was asked for or presented. */
  readonly certificate: string | undefined;
  readonly note: Note;
};

/** What the authentication methods need. */
export type MethodPorts = {
  readonly replays: Replays;
  readonly verifier: JwsVerifier;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
};

/** What a caller presented with one method, not yet verified. */
export type Presented = {
  readonly clientId: string;
  /**
   * Checks whether the credential proves who the client is. A secret is compared even if there is no client with the id, so that the time
   * does not reveal it. Returns the key that the client proved to hold, if the method proves one.
   */
  prove(registered: ClientCredential | undefined): Promise<Result<KeyConfirmation | undefined>>;
};

/** One way in which a client may authenticate (OIDC Core §9, RFC 8705 §2). */
export type AuthenticationMethod = {
  readonly name: ClientAuthenticationMethod;
  /** Returns whether the call uses this method, correctly or not. A call must use exactly one (RFC 6749 §2.3). */
  isUsedBy(call: ClientCall): boolean;
  /** Reads what the caller presents. Called only if the method is used. */
  read(ports: MethodPorts, call: ClientCall): Result<Presented>;
};

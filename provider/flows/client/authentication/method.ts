import type { ClientAuthenticationMethod, ClientCredential } from '../../../core/client/client.ts';
import type { Profile } from '../../../core/client/profile.ts';
import type { ProvenCredential } from '../../../core/client/proven-credential.ts';
import type { FormParameters } from '../../../core/form.ts';
import type { Result } from '../../../core/result.ts';
import type { KeyConfirmation } from '../../../core/token/sender-constraint.ts';
import type { Clock, JwsVerifier, Note, RemoteKeySets, Replays, Settings } from '../../ports.ts';

/** One call of a client: the parts that an authentication method may read. */
export type ClientCall = {
  readonly form: FormParameters;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The URL that was called, without query. */
  readonly url: string;
  /** The client certificate of the TLS connection in PEM. Undefined if none was asked for or presented. */
  readonly certificate: string | undefined;
  /** The gateway's id of the call. */
  readonly correlationId: string;
  readonly note: Note;
};

/** What the authentication methods need. */
export type MethodPorts = {
  readonly replays: Replays;
  readonly verifier: JwsVerifier;
  readonly remoteKeySets: RemoteKeySets;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
};

/** The credential that proved who the client is, and the key that it proved to hold, if the method proves one. */
export type Proof = { readonly credential: ProvenCredential; readonly confirmation?: KeyConfirmation | undefined };

/** What a caller presented with one method, not yet verified. */
export type Presented = {
  readonly clientId: string;
  /**
   * Checks whether what was presented proves who the client is. A secret is compared even if there is no client with
   * the id, so that the time does not reveal it. It may be called again with the credential as it is stored now, if it
   * refused.
   */
  prove(registered: ClientCredential | undefined): Promise<Result<Proof>>;
};

/** One way in which a client may authenticate (OIDC Core §9, RFC 8705 §2). */
export type AuthenticationMethod = {
  readonly name: ClientAuthenticationMethod;
  /** Returns whether the call uses this method, correctly or not. A call must use exactly one (RFC 6749 §2.3). */
  isUsedBy(call: ClientCall): boolean;
  /** Reads what the caller presents. Called only if the method is used. */
  read(ports: MethodPorts, call: ClientCall): Result<Presented>;
};

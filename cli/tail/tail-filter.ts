import { callMembersOf } from '../function-logs/call-members.ts';
import { type LogEntry, outcomeOf } from '../function-logs/log-entry.ts';

/** How many logins are remembered, so that a tail of days stays small. */
const REMEMBERED = 20_000;

/** Which lines are wanted. A member that is undefined lets all through. */
export type TailWishes = {
  readonly client: string | undefined;
  /** The user's `sub`, and the ids of their devices, whose lines have no `sub`. */
  readonly user: { readonly sub: string; readonly devices: ReadonlySet<string> } | undefined;
  /** How the call ended, or its error or reason. */
  readonly outcome: string | undefined;
};
/** Who takes part in a login, as far as lines have said. */
type Login = { readonly client: string | undefined; readonly sub: string | undefined };

/**
 * Chooses lines. Only some lines of a login have the client or the user, so it remembers both by `txn`: the lines of
 * the phone and of the ping are shown as well.
 */
export class TailFilter {
  readonly #wishes: TailWishes;
  readonly #logins = new Map<string, Login>();

  constructor(wishes: TailWishes) {
    this.#wishes = wishes;
  }

  /** Whether to show a line. Lines must come in their order. */
  shows(entry: LogEntry): boolean {
    const { client, user, outcome } = this.#wishes;
    const ending = outcomeOf(entry);
    const { message, client_id, sub, txn, device_id, error, reason } = callMembersOf(entry);
    if (message === 'audit' || (entry.members && message === undefined)) return false;
    const login = this.#learn(txn, { client: client_id, sub });
    if (client !== undefined && login.client !== client) return false;
    const isUsers = user && (login.sub === user.sub || (device_id !== undefined && user.devices.has(device_id)));
    if (user && !isUsers) return false;
    return outcome === undefined || [ending, error, reason].includes(outcome);
  }

  /** Adds what a line says to what is known of its login. */
  #learn(txn: string | undefined, said: Login): Login {
    if (txn === undefined) return said;
    const before = this.#logins.get(txn);
    const login = { client: said.client ?? before?.client, sub: said.sub ?? before?.sub };
    this.#logins.set(txn, login);
    const [oldest] = this.#logins.keys();
    if (oldest !== undefined && this.#logins.size > REMEMBERED) this.#logins.delete(oldest);
    return login;
  }
}

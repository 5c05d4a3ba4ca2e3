import * as v from 'valibot';
import type { Deployment } from '../deployment/deployment.ts';
import { callMembersOf } from '../function-logs/call-members.ts';
import { localLog } from '../function-logs/local-log.ts';
import { ASKING_ROUTE, type LogEntry, TOKEN_ROUTES } from '../function-logs/log-entry.ts';
import type { Exchange } from './wire.ts';

/** A call of an application, as the provider's log tells it: without a secret, and without the answer itself. */
type SeenCall = Readonly<v.InferOutput<typeof seenCall>>;

const seenCall = v.object({
  route: v.string(),
  status: v.number(),
  error: v.optional(v.string()),
  client_id: v.optional(v.string()),
  sub: v.optional(v.string()),
  txn: v.optional(v.string()),
  correlation_id: v.optional(v.string()),
});

/** The functions that clients call for a login. */
const FUNCTIONS = ['backchannel-authentication', 'token'];
/** The answers of the token endpoint after which a client goes on waiting. */
const WAITING: readonly unknown[] = ['authorization_pending', 'slow_down'];

/** An application that asks by itself. What it does is read in the log of the provider on this machine. */
export class Application {
  readonly #calls: SeenCall[] = [];
  readonly #closed = new AbortController();
  #arrived = Promise.withResolvers<void>();
  #error: unknown;
  #isOver = false;

  constructor(deployment: Deployment, over: AbortSignal) {
    const end = () => {
      this.#isOver = true;
      this.#arrived.resolve();
    };
    over.addEventListener('abort', end, { once: true });
    this.#read(deployment, AbortSignal.any([over, this.#closed.signal]))
      .catch((error: unknown) => {
        this.#error = error;
      })
      .finally(end);
  }

  /** Waits until a client asks for this user, and returns how that was answered. Undefined if it is over before. */
  async asked(sub: string): Promise<SeenCall | undefined> {
    return this.#find((call) => call.route === ASKING_ROUTE && call.sub === sub);
  }

  /** Waits until the token endpoint no longer tells the client of a request to wait. Undefined if that takes too long. */
  async ended(txn: string | undefined, withinSeconds: number): Promise<SeenCall | undefined> {
    const isEnd = (call: SeenCall) =>
      TOKEN_ROUTES.includes(call.route) && call.txn === txn && !WAITING.includes(call.error);
    return this.#find(isEnd, withinSeconds);
  }

  close(): void {
    this.#closed.abort();
  }

  async #find(isWanted: (call: SeenCall) => boolean, withinSeconds?: number): Promise<SeenCall | undefined> {
    const late = Promise.withResolvers<'late'>();
    const timer =
      withinSeconds === undefined ? undefined : setTimeout(() => late.resolve('late'), withinSeconds * 1000);
    try {
      for (;;) {
        const found = this.#calls.find(isWanted);
        if (found) return found;
        if (this.#error !== undefined) throw this.#error;
        if (this.#isOver) return undefined;
        if ((await Promise.race([this.#arrived.promise, late.promise])) === 'late') return undefined;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(deployment: Deployment, over: AbortSignal): Promise<void> {
    const following = { functions: FUNCTIONS, since: Date.now(), over, say: () => undefined };
    for await (const entries of localLog(deployment).follow(following)) {
      this.#calls.push(...entries.flatMap(seenCallIn));
      const arrived = this.#arrived;
      this.#arrived = Promise.withResolvers();
      arrived.resolve();
    }
  }
}

/** A call of the log as an exchange. */
export function exchangeOf({ route, status, error, correlation_id }: SeenCall): Exchange {
  const [method = '', path = ''] = route.split(' ');
  const answer = error === undefined ? {} : { error };
  return { by: 'client', method, path, sent: {}, laterSeconds: 0, status, correlationId: correlation_id, answer };
}

/** A fault has a line of its own, and is answered 500. */
function seenCallIn(entry: LogEntry): readonly SeenCall[] {
  const members = callMembersOf(entry);
  const isFault = members.message === 'fault';
  if (!isFault && members.message !== 'request') return [];
  const call = v.safeParse(seenCall, isFault ? { ...members, status: 500, error: 'server_error' } : members);
  return call.success ? [call.output] : [];
}

import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { NotificationSender, SentNotification } from '../../flows/notifying/ports.ts';
import { isForbiddenAddress, lookupPublic, type Network, NOT_PUBLIC, parseNetwork } from './public-address.ts';

/** An endpoint that takes longer counts as unreachable. Clients only note the id and answer 204. */
const TIME_LIMIT_MILLISECONDS = 5000;
/**
 * For each address of a name. Node's own 250 ms would give up a first address that is far away, or that lost a packet,
 * and go on with one of IPv6 where there is none.
 */
const ATTEMPT_MILLISECONDS = 1500;
/** Some firewalls of clients refuse whoever has none, and a refusal would be final. */
const USER_AGENT = 'ciba-provider';

/**
 * Calls clients over https, at public addresses only, so that no registered name leads into the account's own network.
 * Redirects are answers like any other (CIBA §10.2), and no byte of a body is kept.
 */
export class HttpsNotification implements NotificationSender {
  readonly #networks: readonly Network[];
  readonly #lookup: LookupFunction;

  /** `networks` may be called although they are not public, as `10.0.0.0/8`. Throws when one is malformed. */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map(parseNetwork);
    this.#lookup = lookupPublic(this.#networks);
  }

  async send({ endpoint, token, authReqId, correlationId }: Parameters<NotificationSender['send']>[0]) {
    const url = new URL(endpoint);
    if (isForbiddenAddress(url, this.#networks)) return { unreachable: 'address_not_public' };
    const authorization = `Bearer ${token}`;
    const headers = { authorization, 'user-agent': USER_AGENT, 'x-correlation-id': correlationId };
    return this.#post(url, headers, JSON.stringify({ auth_req_id: authReqId }));
  }

  #post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<SentNotification> {
    const ofBody = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = {
      method: 'POST',
      headers: { ...headers, ...ofBody },
      lookup: this.#lookup,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MILLISECONDS,
      agent: false,
      signal: AbortSignal.timeout(TIME_LIMIT_MILLISECONDS),
    };
    return new Promise<SentNotification>((resolve) => {
      const answered = ({ statusCode = UNREADABLE, socket }: IncomingMessage): void => {
        resolve({ status: statusCode });
        socket.destroy();
      };
      request(url, options)
        .on('response', answered)
        .on('upgrade', answered)
        .on('error', (error) => resolve(settleError(error)))
        // Whatever else may end it: a promise that never settles would hold up its whole batch.
        .on('close', () => resolve({ unreachable: 'connection_failed' }))
        .end(body);
    });
  }
}

/** The status of an answer that is no HTTP: somebody is there, and heard. */
const UNREADABLE = 0;

function settleError(error: NodeJS.ErrnoException): SentNotification {
  return error.code?.startsWith('HPE_') ? { status: UNREADABLE } : { unreachable: whyUnreachable(error) };
}

/** In few words of our own: a metric counts by them, and an error's text may quote what was registered. */
function whyUnreachable({ code = '' }: NodeJS.ErrnoException): string {
  if (code === 'ABORT_ERR') return 'timeout';
  if (code === NOT_PUBLIC) return 'address_not_public';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_found';
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)) return 'tls_failed';
  return 'connection_failed';
}

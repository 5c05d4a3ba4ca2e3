import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { NotificationSender, SentNotification } from '../flows/ports.ts';
import { isForbiddenAddress, lookupPublic, NOT_PUBLIC } from './public-address.ts';

/** An endpoint that takes longer counts as unreachable. Clients only note the id and answer 204. */
const TIME_LIMIT_MILLISECONDS = 5000;

/**
 * Calls clients over https, at public addresses only, so that no registered name leads into the account's own network.
 * Redirects are answers like any other (CIBA §10.2), and no byte of a body is kept.
 */
export class HttpsNotification implements NotificationSender {
  readonly #networks: readonly string[];
  readonly #lookup: LookupFunction;

  /** `networks` may be called although they are not public, as `10.0.0.0/8`. */
  constructor(networks: readonly string[]) {
    this.#networks = networks;
    this.#lookup = lookupPublic(networks);
  }

  async send({ endpoint, token, authReqId, correlationId }: Parameters<NotificationSender['send']>[0]) {
    const url = new URL(endpoint);
    if (isForbiddenAddress(url, this.#networks)) return { unreachable: 'address_not_public' };
    const headers = { authorization: `Bearer ${token}`, 'x-correlation-id': correlationId };
    return this.#post(url, headers, JSON.stringify({ auth_req_id: authReqId }));
  }

  #post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<SentNotification> {
    const signal = AbortSignal.timeout(TIME_LIMIT_MILLISECONDS);
    const ofBody = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { method: 'POST', headers: { ...headers, ...ofBody }, lookup: this.#lookup, agent: false, signal };
    return new Promise<SentNotification>((resolve) => {
      request(url, options)
        .on('response', (answer) => {
          resolve({ status: answer.statusCode ?? 0 });
          answer.destroy();
        })
        .on('error', (error) => resolve({ unreachable: whyUnreachable(error) }))
        .end(body);
    });
  }
}

/** In few words of our own: a metric counts by them, and an error's text may quote what was registered. */
function whyUnreachable({ code = '' }: NodeJS.ErrnoException): string {
  if (code === 'ABORT_ERR') return 'timeout';
  if (code === NOT_PUBLIC) return 'address_not_public';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_found';
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)) return 'tls_failed';
  return 'connection_failed';
}

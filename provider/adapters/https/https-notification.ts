import type { NotificationSender, SentNotification } from '../../flows/notifying/ports.ts';
import { guardedRequest } from './guarded-request.ts';
import { type Network, parseNetwork } from './public-address.ts';

/**
 * Longest call in milliseconds. A slower endpoint counts as unreachable. Clients only need to store the id and answer
 * 204.
 */
const TIME_LIMIT_MILLISECONDS = 5000;
/** The status that stands for an answer that is not valid HTTP: the server was reached. */
const UNREADABLE = 0;

/**
 * Notifies clients through guarded requests. Redirects count as answers, and no byte of a body is read (CIBA §10.2).
 */
export class HttpsNotification implements NotificationSender {
  readonly #networks: readonly Network[];

  /**
   * `networks` are CIDR ranges such as `10.0.0.0/8` that may be called although they are not public. Throws if one is
   * malformed.
   */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map(parseNetwork);
  }

  async send({
    endpoint,
    token,
    authReqId,
    correlationId,
  }: Parameters<NotificationSender['send']>[0]): Promise<SentNotification> {
    const answer = await guardedRequest({
      url: new URL(endpoint),
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
      },
      body: JSON.stringify({ auth_req_id: authReqId }),
      networks: this.#networks,
      timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
      bodyLimitBytes: 0,
    });
    if (!('failure' in answer)) return { status: answer.status };
    return answer.failure === 'not_http' ? { status: UNREADABLE } : { unreachable: answer.failure };
  }
}

import { type PushAnswer, retryAfterIn } from '../../core/notifying/push-answer.ts';
import type {
  NotificationProbe,
  NotificationSender,
  ProbedEndpoint,
  PushSender,
  SentNotification,
} from '../../flows/notifying/ports.ts';
import { type GuardedAnswer, type GuardedRequest, guardedRequest } from './guarded-request.ts';
import { type Network, parseNetwork } from './public-address.ts';

/**
 * Longest call in milliseconds. A slower endpoint counts as unreachable. Clients only need to store the id and answer
 * 204.
 */
const TIME_LIMIT_MILLISECONDS = 5000;
/** The status that stands for an answer that is not valid HTTP: the server was reached. */
const UNREADABLE = 0;

type Sent = Parameters<NotificationSender['send']>[0];
type Posted = Parameters<PushSender['push']>[0];

/**
 * Notifies clients through guarded requests. Redirects count as answers, and no byte of a body is read (CIBA §10.2,
 * §10.3).
 */
export class HttpsNotification implements NotificationSender, NotificationProbe, PushSender {
  readonly #networks: readonly Network[];

  /**
   * `networks` are CIDR ranges such as `10.0.0.0/8` that may be called although they are not public. Throws if one is
   * malformed.
   */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map(parseNetwork);
  }

  async send(notification: Sent): Promise<SentNotification> {
    return answered(await this.#post(pingOf(notification)));
  }

  async push(notification: Posted): Promise<PushAnswer> {
    let retryAfterSeconds: number | undefined;
    const answer = await this.#post(notification, (_connection, headers) => {
      retryAfterSeconds = retryAfterIn(headers['retry-after']);
    });
    return { ...answered(answer), retryAfterSeconds };
  }

  async probe(notification: Sent): Promise<ProbedEndpoint> {
    let tlsVersion = '';
    let certificateEndsAt = 0;
    const answer = await this.#post(pingOf(notification), (connection) => {
      tlsVersion = connection.getProtocol() ?? '';
      certificateEndsAt = Date.parse(connection.getPeerCertificate().valid_to) / 1000;
    });
    if ('failure' in answer) return { unreachable: answer.failure };
    return { status: answer.status, tlsVersion, certificateEndsAt };
  }

  #post(
    { endpoint, token, body, correlationId }: Posted,
    onAnswer?: GuardedRequest['onAnswer'],
  ): Promise<GuardedAnswer> {
    return guardedRequest({
      url: new URL(endpoint),
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
      },
      body,
      networks: this.#networks,
      timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
      bodyLimitBytes: 0,
      onAnswer,
    });
  }
}

/** A ping has nothing but the `auth_req_id` (CIBA §10.2). */
function pingOf({ authReqId, ...to }: Sent): Posted {
  return { ...to, body: JSON.stringify({ auth_req_id: authReqId }) };
}

function answered(answer: GuardedAnswer): SentNotification {
  if (!('failure' in answer)) return { status: answer.status };
  return answer.failure === 'not_http' ? { status: UNREADABLE } : { unreachable: answer.failure };
}

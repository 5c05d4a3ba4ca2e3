import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { TLSSocket } from 'node:tls';
import { isForbiddenAddress, lookupPublic, type Network, NOT_PUBLIC } from './public-address.ts';

/**
 * How long a connection attempt to each address of a name may take, in milliseconds. Node's default of 250 ms would
 * give up on a first address that is far away or that lost a packet, and go on with an IPv6 address where there is no
 * IPv6.
 */
const ATTEMPT_MILLISECONDS = 1500;
/** Some firewalls refuse calls without a user agent. */
const USER_AGENT = 'ciba-provider';

/** One call to an address that a client or operator registered. */
export type GuardedRequest = {
  /** Must be https. */
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Networks that may be called although they are not public. */
  readonly networks: readonly Network[];
  /** The limit for the whole call, until the last byte of the body. */
  readonly timeLimitMilliseconds: number;
  /**
   * The largest body that is read. With 0 no body is read, and the answer is complete when its headers have arrived.
   */
  readonly bodyLimitBytes: number;
  /** Gets the connection and the headers of the answer when they have arrived. */
  readonly onAnswer?: ((connection: TLSSocket, headers: IncomingHttpHeaders) => void) | undefined;
};

/**
 * Why there is no answer, in a few words of the provider's own. The text of an error could quote what was registered.
 */
export type GuardedFailure =
  | 'not_https'
  | 'address_not_public'
  | 'name_not_found'
  | 'certificate_expired'
  /** It is self-signed, of a private authority, or sent without the certificates between it and its authority. */
  | 'certificate_not_trusted'
  | 'certificate_for_another_name'
  /** There is no TLS that both sides speak, or the server speaks something else. */
  | 'tls_failed'
  | 'connection_failed'
  | 'timeout'
  /** The server was reached, but its answer is not valid HTTP. */
  | 'not_http'
  | 'body_too_large';

/** The answer with any status and its body as UTF-8 text, or the reason why there is none. */
export type GuardedAnswer = { readonly status: number; readonly body: string } | { readonly failure: GuardedFailure };

/**
 * Makes one call over https, to public addresses only, so that no registered URL leads into the account's own network.
 * The address that is checked is the one that is connected to. Redirects are not followed; they count as answers. The
 * promise never rejects because of the other side, and always settles within the time limit.
 */
export async function guardedRequest(call: GuardedRequest): Promise<GuardedAnswer> {
  if (call.url.protocol !== 'https:') return { failure: 'not_https' };
  if (isForbiddenAddress(call.url, call.networks)) return { failure: 'address_not_public' };
  const length = call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) };
  const timeLimit = AbortSignal.timeout(call.timeLimitMilliseconds);
  const options = {
    method: call.method,
    headers: { 'user-agent': USER_AGENT, ...call.headers, ...length },
    lookup: lookupPublic(call.networks),
    autoSelectFamilyAttemptTimeout: ATTEMPT_MILLISECONDS,
    agent: false,
    signal: timeLimit,
  };
  return new Promise<GuardedAnswer>((resolve) => {
    const fail = (error?: NodeJS.ErrnoException) =>
      resolve({ failure: timeLimit.aborted ? 'timeout' : failureOf(error) });
    request(call.url, options)
      .on('response', (answer) => {
        if (answer.socket instanceof TLSSocket) call.onAnswer?.(answer.socket, answer.headers);
        readAnswer(answer, call.bodyLimitBytes, resolve).on('error', fail);
      })
      .on('upgrade', (answer) => readAnswer(answer, 0, resolve))
      .on('error', fail)
      // The connection may end in any other way. Without this line the promise would then never settle.
      .on('close', () => fail())
      .end(call.body);
  });
}

/** Resolves with the status and as much of the body as may be read, then closes the connection. */
function readAnswer(answer: IncomingMessage, limit: number, resolve: (answer: GuardedAnswer) => void): IncomingMessage {
  const { statusCode: status = 0, socket } = answer;
  const finish = (result: GuardedAnswer): void => {
    resolve(result);
    socket.destroy();
  };
  if (limit === 0) {
    finish({ status, body: '' });
    return answer;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  return answer
    .on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) finish({ failure: 'body_too_large' });
      else chunks.push(chunk);
    })
    .on('end', () => finish({ status, body: Buffer.concat(chunks).toString() }));
}

function failureOf({ code = '' }: NodeJS.ErrnoException = new Error('closed')): GuardedFailure {
  if (code.startsWith('HPE_')) return 'not_http';
  if (code === NOT_PUBLIC) return 'address_not_public';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_found';
  if (code === 'CERT_HAS_EXPIRED') return 'certificate_expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate_for_another_name';
  if (/^(CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) return 'certificate_not_trusted';
  if (/^(ERR_TLS|ERR_SSL|EPROTO)/.test(code)) return 'tls_failed';
  return 'connection_failed';
}

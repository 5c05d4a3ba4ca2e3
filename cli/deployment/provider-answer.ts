import { installation } from '../../local/installation.ts';
import { Refused } from '../command-line/failure.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from './deployment.ts';
import { nextStep } from './next-step.ts';

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  TimeoutError: 'it took too long',
  ETIMEDOUT: 'it took too long',
  ECONNRESET: 'the connection broke',
  HTTPParserError: 'this does not speak http',
  UND_ERR_SOCKET: 'the connection broke',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed, so it is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from an authority that is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};
/** The codes for a certificate whose authority is not trusted. */
const UNTRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];
/** The codes of a TLS client that got something else than TLS. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'];

/** The code of the error when no answer came. What was asked for may have been done. */
export const NO_ANSWER = 'no_answer';
/** The code of the error when there was no connection, so that nothing was sent. */
export const NOT_REACHED = 'not_reached';
/** The code of the error when the gateway takes no more calls for the moment. */
export const THROTTLED = 'throttled';
const WITHOUT_CONNECTION: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Returns the JSON of a successful answer. Throws Refused with the message of any other answer. */
export async function answerFrom(response: Response, { origin, isLocal }: Deployment): Promise<string> {
  const text = await response.text();
  const body = parseJsonObject(text);
  if (response.ok && (body || text === '')) return text;
  const { error, error_description: description, message, Message } = body ?? {};
  if (typeof error === 'string') {
    const says = inWords(plainLine(description ?? error));
    throw new Refused(says, nextStep(error, says), error);
  }
  const gatewayMessage = message ?? Message;
  const reason = gatewayMessage === undefined ? '' : ` (${plainLine(gatewayMessage)})`;
  const summary = `${origin} answered ${response.status}${reason}`;
  // API Gateway answers 503 when Lambda starts no more functions at the same time.
  if (response.status === 429 || response.status === 503)
    throw new Refused(
      `${summary}: it takes no more calls for the moment.`,
      'Run the command again in some seconds.',
      THROTTLED,
    );
  if (response.status === 403 && !isLocal)
    throw new Refused(
      `${summary}: your AWS identity may not call the admin API, or --region is wrong.`,
      'Check both: docs/admin-api.md#who-may-call.',
      'access_denied',
    );
  throw new Refused(`${summary}, as no Serverless CIBA provider does.`, 'Check --url, or the context.');
}

/** Replaces the notation of the API's validator, such as (poll | ping) or <=1095, by words, and epoch seconds by a date. */
function inWords(description: string): string {
  const dated = description.replaceAll(/(\d{10}) \(epoch seconds\)/g, (_, seconds: string) => instant(Number(seconds)));
  const bounded = dated.replaceAll(/([<>])=(\d+)/g, (_, sign: string, bound: string) =>
    sign === '<' ? `${bound} at most` : `${bound} or more`,
  );
  return bounded.replaceAll(/\(([^()|]+(?: \| [^()|]+)+)\)/g, (_, choice: string) =>
    choice
      .replaceAll('"', '')
      .replaceAll(' | ', ', ')
      .replace(/, ([^,]*)$/, ' or $1'),
  );
}

/** Makes the error for a call without an answer. It says why and what to do. */
export function noAnswer(error: unknown, { origin, isLocal }: Deployment): Refused {
  const { code = '', name } = rootOf(error);
  if (origin.startsWith('https:') && NO_TLS.includes(code)) {
    const next = isLocal ? `Give --url ${origin.replace('https:', 'http:')}.` : 'Check the port in --url.';
    return new Refused(`No answer from ${origin}: this speaks http, not https.`, next, NOT_REACHED);
  }
  // Never the message of the library: it may have several lines, and it is no sentence for operators.
  const reason = networkReasonOf(error) ?? `the connection failed (${plainLine(code || name)})`;
  const kind = [...WITHOUT_CONNECTION, ...UNTRUSTED].includes(code) ? NOT_REACHED : NO_ANSWER;
  return new Refused(`No answer from ${origin}: ${reason}.`, nextAfter(code, isLocal), kind);
}

function nextAfter(code: string, isLocal: boolean): string {
  if (UNTRUSTED.includes(code))
    return isLocal
      ? `Give --ca, or set CIBA_CA, with the file of the authority that ${installation.startCommand} printed.`
      : 'Give --ca, or set CIBA_CA, with the certificate of its authority, if you trust it.';
  return isLocal
    ? `Start the provider with ${installation.startCommand}, or give --url.`
    : 'Check --url, or the context.';
}

/** Says why no answer came. Returns undefined for an error that is none of the network. */
export function networkReasonOf(error: unknown): string | undefined {
  const { code = '', name } = rootOf(error);
  return NETWORK_REASONS[code] ?? NETWORK_REASONS[name];
}

/** Finds the original error. `fetch` wraps it, and for a host name with several addresses makes a list. */
function rootOf(error: unknown): { code?: string | undefined; name: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootOf(error.cause);
  return error instanceof Error ? { code: systemCodeOf(error), name: error.name } : { name: 'Error' };
}

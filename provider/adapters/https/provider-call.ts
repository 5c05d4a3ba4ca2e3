import * as v from 'valibot';
import { NO_ANSWER, type ProviderAnswer } from '../../core/operating/synthetic.ts';
import type { SyntheticLoginPorts } from '../../flows/operating/log-in-synthetically.ts';

/** The members of a JSON object. */
const members = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));
/** Longest wait for one answer of the provider, in milliseconds. */
const ANSWER_MS = 10_000;

export const callProvider: SyntheticLoginPorts['call'] = (url, { method, authorization, form, json }) =>
  fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_MS),
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(form && { body: new URLSearchParams(form) }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
    .then(readAnswer)
    .catch(noAnswer);

async function readAnswer(response: Response): Promise<ProviderAnswer> {
  const text = await response.text();
  const json = v.safeParse(members, text);
  return { status: response.status, body: json.success ? json.output : {} };
}

/**
 * Turns a connection that failed, at any moment, into an answer. The actual error of `fetch` is in its cause: ENOTFOUND, ECONNREFUSED, a
 * certificate for another name.
 */
function noAnswer(error: unknown): ProviderAnswer {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  return { status: NO_ANSWER, body: { error: String(cause?.code ?? name) } };
}

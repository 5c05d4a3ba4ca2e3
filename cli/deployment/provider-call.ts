import { Refused } from '../command-line/failure.ts';
import type { Deployment } from './deployment.ts';
import { answerFrom, noAnswer } from './provider-answer.ts';

/** Longer than API Gateway waits for a function. */
const TIMEOUT_MILLISECONDS = 35_000;

/** Calls the provider and returns its answer, whatever its status. Throws Refused if no answer comes. */
export async function callProvider(
  deployment: Deployment,
  path: string | URL,
  init: RequestInit = {},
): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  // No redirect is followed: the provider itself must answer, and a signature is valid for its host only.
  return fetch(new URL(path, deployment.origin), { ...init, redirect: 'manual', signal }).catch((error: unknown) => {
    throw noAnswer(error, deployment);
  });
}

/**
 * Calls the provider and returns the JSON of its answer (empty if it sent none). Throws Refused on any other answer.
 */
export async function jsonFromProvider(
  deployment: Deployment,
  path: string | URL,
  init: RequestInit = {},
): Promise<string> {
  return callProvider(deployment, path, init)
    .then((response) => answerFrom(response, deployment))
    .catch((error: unknown) => {
      throw error instanceof Refused ? error : noAnswer(error, deployment);
    });
}

import { Refused } from '../command-line/failure.ts';
import { answerFrom, noAnswer } from '../deployment/admin-answer.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Finding } from './check.ts';

const TIMEOUT_MILLISECONDS = 35_000;

/** Calls the provider as anybody may; throws Refused when no answer comes. */
export async function callPublicly(deployment: Deployment, path: string, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  // A redirect is not followed: whoever answers must be the provider itself.
  return fetch(new URL(path, deployment.origin), { ...init, redirect: 'manual', signal }).catch((error: unknown) => {
    throw noAnswer(error, deployment);
  });
}

/** The JSON object at a public path, or what is broken about it. */
export async function readPublicly(
  deployment: Deployment,
  path: string,
): Promise<{ readonly body: Readonly<Record<string, unknown>> } | { readonly broken: Finding }> {
  try {
    const json = await answerFrom(await callPublicly(deployment, path), deployment);
    return { body: JSON.parse(json) as Record<string, unknown> };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // A local runtime that is not running says all there is to do.
    if (deployment.isLocal) return { broken: { state: 'broken', says: error.message } };
    const todo = 'Without it neither clients nor phones can begin. Is this its address, and does DNS point there?';
    return { broken: { state: 'broken', says: error.message, todo, see: 'docs/operations.md#alarm-server-errors' } };
  }
}

import * as v from 'valibot';
import { isLocalHost } from '../../local/tls/local-names.ts';
import type { Deployment } from './deployment.ts';

const TIMEOUT_MILLISECONDS = 2_000;
const answer = v.object({ issuer: v.pipe(v.string(), v.url()) });

/**
 * Returns the local runtime at the address of its issuer. With `--https` it answers at its usual address too, but its
 * issuer has another one. It is asked only where nobody named an address.
 */
export async function atLocalIssuer(deployment: Deployment): Promise<Deployment> {
  if (!deployment.isLocal || deployment.urlFrom !== undefined) return deployment;
  const issuer = await issuerAt(deployment.origin).catch(() => undefined);
  if (issuer === undefined || issuer.protocol !== 'https:' || !isLocalHost(issuer.hostname)) return deployment;
  return { ...deployment, origin: issuer.origin };
}

async function issuerAt(origin: string): Promise<URL> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const response = await fetch(`${origin}/local/demo`, { redirect: 'manual', signal });
  return new URL(v.parse(answer, await response.json()).issuer);
}

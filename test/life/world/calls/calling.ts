import { ISSUER } from '../../../core/given.ts';
import { basic } from '../../../flows/world/clients.ts';
import type { Invocation } from '../invocation.ts';
import type { Outcome } from '../pool.ts';
import type { KnownClient, World } from '../world.ts';

// What the calls of all those outside the provider have in common.

export const note = () => undefined;

/** How the story calls the next invocation. */
export const nextCall = (world: World) => `call ${world.scheduler.invocations.length + 1}`;

/** A call of a client, with its secret. */
export function clientCall({ clientId, secret }: KnownClient, form: Readonly<Record<string, string>>, title: string) {
  return {
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value]])),
    headers: { authorization: basic(clientId, secret) },
    url: `${ISSUER}token`,
    certificate: undefined,
    correlationId: title.replace(' ', '-'),
    note,
  };
}

/** What the caller heard: this word if the call succeeded, the reason of a refusal, or `server_error`. */
export function heard(
  world: World,
  outcome: Outcome<unknown>,
  how: { invocation: Invocation; success: string },
): string {
  if (outcome.ok) return how.success;
  if ('refusal' in outcome) return outcome.refusal.reason;
  world.history.faults.push({ error: outcome.fault, invocation: how.invocation });
  return 'server_error';
}

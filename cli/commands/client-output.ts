import type { ClientView } from '../../provider/core/client/client-view.ts';
import type { Output } from '../command-line/command.ts';
import { fieldList, instant } from '../command-line/text-layout.ts';
import type { Answer } from '../deployment/admin-api.ts';

/** The argument that names a client. */
export const CLIENT_ARGUMENT = { name: 'client_id', about: 'The id of the client.', completes: 'clients' } as const;

/** Says what was done, shows the client, asks to store a secret that the answer tells, and says what to do next. */
export function clientOutput(done: string, { json, body }: Answer<ClientView>, next?: string): Output {
  const note = 'Store client_secret now. The provider only keeps its hash and cannot show it again.';
  const parts = [done, describe(body), body.client_secret === undefined ? undefined : note, next];
  return { json, text: parts.filter((part) => part !== undefined).join('\n\n') };
}

/** Shows a client, member by member. */
export function describe(client: ClientView): string {
  const { client_id, client_secret, client_name, jwks, scope_descriptions, ...more } = client;
  const { client_secret_expires_at: _, old_secret_expires_at: end, ...others } = more;
  const ownEnd = endOfSecret(client);
  return fieldList({
    client_id,
    client_secret,
    client_secret_expires_at: ownEnd === 'never' ? undefined : ownEnd,
    old_secret_expires_at: end === undefined ? undefined : instant(end),
    client_name,
    ...others,
    scope_descriptions: orNothing(Object.entries(scope_descriptions ?? {}).map(([scope, text]) => `${scope}: ${text}`)),
    jwks: orNothing(
      (jwks?.keys ?? []).map((key) => [key.kty, key.alg, key.kid && `kid ${key.kid}`].filter(Boolean).join(', ')),
    ),
    audiences: orNothing(others.audiences ?? []),
  });
}

/** Says when the secret of a client ends. Undefined for a client with keys. */
export function endOfSecret(client: ClientView): string | undefined {
  if (client.token_endpoint_auth_method === 'private_key_jwt') return undefined;
  const { client_secret_expires_at: end = 0 } = client;
  if (end === 0) return 'never';
  return end * 1000 <= Date.now() ? `${instant(end)} (ended)` : instant(end);
}

function orNothing(lines: readonly string[]): readonly string[] | undefined {
  return lines.length > 0 ? lines : undefined;
}

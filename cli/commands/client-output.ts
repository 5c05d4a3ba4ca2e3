import type { ClientView } from '../../provider/flows/client/manage-clients.ts';
import type { Output } from '../command-line/command.ts';
import { fieldList, instant } from '../command-line/text-layout.ts';
import type { Answer } from '../deployment/admin-api.ts';

/** The argument that names a client. */
export const CLIENT_ARGUMENT = { name: 'client_id', about: 'The id of the client.' } as const;

/** Says what was done, shows the client, and asks to store a secret that the answer tells. */
export function clientOutput(done: string, { json, body }: Answer<ClientView>): Output {
  const note = 'Store client_secret now. The provider only keeps its hash and cannot show it again.';
  return { json, text: [done, describe(body), ...(body.client_secret === undefined ? [] : [note])].join('\n\n') };
}

/** Shows a client, member by member. */
export function describe(client: ClientView): string {
  const { client_id, client_secret, client_name, jwks, scope_descriptions, ...more } = client;
  const { client_secret_expires_at: _, old_secret_expires_at: end, ...others } = more;
  return fieldList({
    client_id,
    client_secret,
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

function orNothing(lines: readonly string[]): readonly string[] | undefined {
  return lines.length > 0 ? lines : undefined;
}

import { parseBasicCredentials } from '../../../core/client/basic-credentials.ts';
import type { ClientCredential } from '../../../core/client/client.ts';
import { equalInConstantTime, sha256 } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { AuthenticationMethod, Presented } from './method.ts';

/** Authentication by the secret in the `Authorization` header (RFC 6749 §2.3.1). */
export const clientSecretBasic = {
  name: 'client_secret_basic',
  isUsedBy: ({ headers }) => headers['authorization'] !== undefined,
  read: (_ports, { form, headers }) => {
    const basic = parseBasicCredentials(headers['authorization']);
    if (!basic.ok) return basic;
    if (!basic.value) return refuse({ reason: 'no_client_authentication' });
    const named = single(form, 'client_id');
    if (named !== undefined && named !== basic.value.clientId)
      return refuse({ reason: 'several_client_authentications' });
    return ok(presentedSecret(basic.value.clientId, basic.value.secret));
  },
} as const satisfies AuthenticationMethod;

/** Authentication by the secret in the form (RFC 6749 §2.3.1). */
export const clientSecretPost = {
  name: 'client_secret_post',
  isUsedBy: ({ form }) => form.has('client_secret'),
  read: (_ports, { form }) => {
    const clientId = single(form, 'client_id');
    return clientId === undefined
      ? refuse({ reason: 'no_client_authentication' })
      : ok(presentedSecret(clientId, single(form, 'client_secret') ?? ''));
  },
} as const satisfies AuthenticationMethod;

function presentedSecret(clientId: string, secret: string): Presented {
  return { clientId, prove: async (registered) => checkSecret(secret, registered) };
}

function checkSecret(secret: string, registered: ClientCredential | undefined): Result<undefined> {
  const expected = registered && registered.method !== 'private_key_jwt' ? registered.secretHash : '';
  return equalInConstantTime(sha256(secret), expected) ? ok(undefined) : refuse({ reason: 'wrong_client_secret' });
}

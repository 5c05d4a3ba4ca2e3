import { parseBasicCredentials } from '../../../core/client/basic-credentials.ts';
import type { ClientCredential } from '../../../core/client/client.ts';
import { isSecretHash, secretsOf } from '../../../core/client/secrets.ts';
import { sha256 } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { AuthenticationMethod, MethodPorts, Presented, Proof } from './method.ts';

/** Authentication by the secret in the `Authorization` header (RFC 6749 §2.3.1). */
export const clientSecretBasic = {
  name: 'client_secret_basic',
  isUsedBy: ({ headers }) => headers['authorization'] !== undefined,
  read: (ports, { form, headers }) => {
    const basic = parseBasicCredentials(headers['authorization']);
    if (!basic.ok) return basic;
    if (!basic.value) return refuse({ reason: 'no_client_authentication' });
    const named = single(form, 'client_id');
    if (named !== undefined && named !== basic.value.clientId)
      return refuse({ reason: 'several_client_authentications' });
    return ok(presentedSecret(ports, basic.value, 'client_secret_basic'));
  },
} as const satisfies AuthenticationMethod;

/** Authentication by the secret in the form (RFC 6749 §2.3.1). */
export const clientSecretPost = {
  name: 'client_secret_post',
  isUsedBy: ({ form }) => form.has('client_secret'),
  read: (ports, { form }) => {
    const clientId = single(form, 'client_id');
    return clientId === undefined
      ? refuse({ reason: 'no_client_authentication' })
      : ok(presentedSecret(ports, { clientId, secret: single(form, 'client_secret') ?? '' }, 'client_secret_post'));
  },
} as const satisfies AuthenticationMethod;

type SecretMethod = Exclude<ClientCredential['method'], 'private_key_jwt'>;

function presentedSecret(
  { clock }: MethodPorts,
  { clientId, secret }: { clientId: string; secret: string },
  method: SecretMethod,
): Presented {
  const credential = { method, secretHash: sha256(secret) };
  const prove = (registered: ClientCredential | undefined): Result<Proof> =>
    isSecretHash(credential.secretHash, secretsOf(registered), clock())
      ? ok({ credential })
      : refuse({ reason: 'wrong_client_secret' });
  return { clientId, prove: async (registered) => prove(registered) };
}

import { parseBasicCredentials } from '../../../core/client/basic-credentials.ts';
import type { ClientCredential } from '../../../core/client/client.ts';
import { judgeSecret, lastDaysOf, secretsOf } from '../../../core/client/secrets.ts';
import { sha256 } from '../../../core/digest.ts';
import { single } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { Note } from '../../ports.ts';
import type { AuthenticationMethod, MethodPorts, Presented, Proof } from './method.ts';

/** Authentication by the secret in the `Authorization` header (RFC 6749 §2.3.1). */
export const clientSecretBasic = {
  name: 'client_secret_basic',
  isUsedBy: ({ headers }) => headers['authorization'] !== undefined,
  read: (ports, { form, headers, note }) => {
    const basic = parseBasicCredentials(headers['authorization']);
    if (!basic.ok) return basic;
    if (!basic.value) return refuse({ reason: 'no_client_authentication' });
    const named = single(form, 'client_id');
    if (named !== undefined && named !== basic.value.clientId)
      return refuse({ reason: 'several_client_authentications' });
    return ok(presentedSecret(ports, { ...basic.value, note }, 'client_secret_basic'));
  },
} as const satisfies AuthenticationMethod;

/** Authentication by the secret in the form (RFC 6749 §2.3.1). */
export const clientSecretPost = {
  name: 'client_secret_post',
  isUsedBy: ({ form }) => form.has('client_secret'),
  read: (ports, { form, note }) => {
    const clientId = single(form, 'client_id');
    if (clientId === undefined) return refuse({ reason: 'no_client_authentication' });
    const secret = single(form, 'client_secret') ?? '';
    return ok(presentedSecret(ports, { clientId, secret, note }, 'client_secret_post'));
  },
} as const satisfies AuthenticationMethod;

type SecretMethod = Exclude<ClientCredential['method'], 'private_key_jwt'>;

/** A secret that ends soon is noted, so that somebody replaces it in time. */
function presentedSecret(
  { clock }: MethodPorts,
  { clientId, secret, note }: { clientId: string; secret: string; note: Note },
  method: SecretMethod,
): Presented {
  const credential = { method, secretHash: sha256(secret) };
  const prove = (registered: ClientCredential | undefined): Result<Proof> => {
    const now = clock();
    const { state, endsAt } = judgeSecret(credential.secretHash, secretsOf(registered), now);
    if (state !== 'works')
      return refuse({ reason: state === 'ended' ? 'client_secret_expired' : 'wrong_client_secret' });
    const secretDaysLeft = lastDaysOf(endsAt, now);
    if (secretDaysLeft !== undefined) note({ secret_days_left: secretDaysLeft });
    return ok({ credential });
  };
  return { clientId, prove: async (registered) => prove(registered) };
}

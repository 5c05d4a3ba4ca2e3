import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';
import type { Finding } from '../doctor/check.ts';
import { daysUntil, WARN_DAYS } from '../doctor/expiry.ts';
import { advertised, type ClientCheck } from './subject.ts';

const SEE = 'docs/admin-api.md#clients';
const KEYED = 'private_key_jwt';

/** Checks that the provider takes the method with which the client authenticates. */
export const method: ClientCheck = {
  name: 'Authentication',
  run(subject): Finding {
    const { token_endpoint_auth_method: own = KEYED } = subject.client;
    if (advertised(subject, 'token_endpoint_auth_methods_supported').includes(own))
      return { state: 'good', says: `${own}, which the provider takes.` };
    const says = `The provider does not take ${plainLine(own)}: every call of the client is refused.`;
    return { state: 'broken', says, todo: 'Change --token-endpoint-auth-method of the client.', see: SEE };
  },
};

/** Checks that the secret works, and for how long. */
export const secret: ClientCheck = {
  name: 'Secret',
  run({ client, now }): Finding | undefined {
    const { token_endpoint_auth_method: own = KEYED, client_secret_expires_at: end = 0 } = client;
    if (own === KEYED) return undefined;
    const rotate = `ciba client rotate-secret ${client.client_id} --overlap 7d`;
    const old = client.old_secret_expires_at;
    const beside =
      old === undefined || old <= now
        ? ''
        : ` An old one works beside it until ${instant(old)}: replace it everywhere.`;
    if (end === 0) return { state: 'good', says: `It has no end.${beside}` };
    if (end <= now)
      return {
        state: 'broken',
        says: `It ended at ${instant(end)}: every call of the client is refused.`,
        todo: `Make a new one, and give it to the client: ciba client new-secret ${client.client_id}.`,
        see: 'docs/operations.md#alarm-secret-ends',
      };
    const says = `It ends at ${instant(end)}.${beside}`;
    if (daysUntil(new Date(end * 1000)) > WARN_DAYS) return { state: 'good', says };
    return {
      state: 'warning',
      says,
      todo: `Rotate it before: ${rotate}.`,
      see: 'docs/operations.md#alarm-secret-ends',
    };
  },
};

/** Tries the given key or secret: the client asks for the tokens of a request that nobody made. */
export const credential: ClientCheck = {
  name: 'Credential',
  async run({ client, deployment, credential: given }): Promise<Finding> {
    if (!given) return { state: 'skipped', says: 'Not tried: give --key-file or --secret-file to try it.' };
    const { credentialError } = await import('./try-credential.ts');
    const { error, description } = await credentialError(deployment, client.client_id, given);
    // The request is unknown, and the provider says so only to a client that has authenticated.
    if (error === 'invalid_grant') return { state: 'good', says: `The provider takes it (${given.method}).` };
    const said = `${plainLine(error)}${description === undefined ? '' : `: ${plainLine(description)}`}`;
    if (error === 'unauthorized_client')
      return {
        state: 'broken',
        says: `The provider takes it, but the client may not ask for tokens (${said})`,
        todo: `Give it the grant: ciba client update ${client.client_id} --grant-type ${CIBA_GRANT}.`,
        see: SEE,
      };
    return {
      state: 'broken',
      says: `The provider does not take it (${said})`,
      todo: `Check that it is of this client, and that the client authenticates with ${client.token_endpoint_auth_method ?? KEYED}. A change takes up to a minute.`,
      see: SEE,
    };
  },
};

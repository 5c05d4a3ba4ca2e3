import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { callProvider } from '../deployment/provider-call.ts';
import type { Check, Finding } from './check.ts';

const FORM = { grant_type: CIBA_GRANT, auth_req_id: 'doctor' };
const SEE = 'docs/operations.md#alarm-client-authentication';

/**
 * Checks the answer to a client that fails to authenticate (RFC 6749 §5.2). API Gateway is known to rename
 * `WWW-Authenticate`. That is only a warning, because clients can use the JSON error instead.
 */
export const challenge: Check = {
  name: 'WWW-Authenticate',
  of: 'provider',
  async run({ deployment }): Promise<Finding> {
    const authorization = `Basic ${Buffer.from('ciba-doctor:not-a-secret').toString('base64')}`;
    const answer = await callProvider(deployment, PATHS.token, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(FORM).toString(),
    });
    await answer.body?.cancel();
    if (answer.status !== 401) {
      const says = `POST /token answers an unknown client with ${answer.status} instead of 401.`;
      return { state: 'broken', says, todo: 'Read the log of the function token.', see: SEE };
    }
    if (answer.headers.has('www-authenticate'))
      return { state: 'good', says: 'Arrives with the 401 for an unknown client.' };
    const renamed = [...answer.headers.keys()].find((name) => name.endsWith('-www-authenticate'));
    return {
      state: 'warning',
      says: `${renamed ? `Arrives renamed (${renamed})` : 'Does not arrive'} with the 401 for an unknown client.`,
      todo: 'Do nothing if your clients read the JSON error, as OAuth libraries do. Other clients expect the header.',
      see: SEE,
    };
  },
};

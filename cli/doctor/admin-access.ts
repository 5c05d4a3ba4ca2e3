import { Refused } from '../command-line/failure.ts';
import { NO_ANSWER, NOT_REACHED } from '../deployment/provider-answer.ts';
import { NO_CREDENTIALS } from '../deployment/request-signature.ts';
import type { Check, Finding } from './check.ts';

const UNCHECKED: readonly (string | undefined)[] = [NO_CREDENTIALS, NO_ANSWER, NOT_REACHED];

/** Checks that the operator's own identity may call the admin API. */
export const adminAccess: Check = {
  name: 'Admin API',
  of: 'provider',
  async run({ api, deployment }): Promise<Finding> {
    const how = deployment.isLocal ? 'calls from this machine' : 'calls signed by your AWS identity';
    try {
      const { body } = await api.call('GET /admin/clients', { parameters: {} });
      const count = `${body.clients.length}${body.next === undefined ? '' : ' or more'}`;
      return { state: 'good', says: `Answers ${how}. Clients: ${count}.` };
    } catch (error) {
      // Without credentials or a connection the admin API could not be checked. Discovery reports a missing connection.
      if (!(error instanceof Refused) || UNCHECKED.includes(error.code)) throw error;
      const todo = 'Your identity needs execute-api:Invoke on the routes of the API, in the region of the deployment.';
      return { state: 'broken', says: error.message, todo, see: 'docs/admin-api.md#who-may-call' };
    }
  },
};

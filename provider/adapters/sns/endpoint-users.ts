import { type EndpointMember, endpointKey, endpointMembers } from '../dynamodb/forms/endpoint-form.ts';
import type { Table } from '../dynamodb/table.ts';
import { type CallSns, isNotFound, mapIn } from './query-protocol.ts';

/**
 * Reads push endpoints: whether SNS still pushes to them, and which devices share them, as `SnsEndpoints` stores it.
 */
export class EndpointUsers {
  readonly #sns: CallSns;
  readonly #directory: Table;

  constructor(sns: CallSns, directory: Table) {
    this.#sns = sns;
    this.#directory = directory;
  }

  async isEnabled(endpointArn: string): Promise<boolean> {
    try {
      const attributes = mapIn(await this.#sns('GetEndpointAttributes', { EndpointArn: endpointArn }));
      return attributes['Enabled'] === 'true';
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async usersOf(endpointArn: string): Promise<readonly EndpointMember[]> {
    return endpointMembers(await this.#directory.get(endpointKey(endpointArn)));
  }
}

import { GetEndpointAttributesCommand, NotFoundException, type SNSClient } from '@aws-sdk/client-sns';
import { type EndpointMember, endpointKey, endpointMembers } from '../dynamodb/forms/endpoint-form.ts';
import type { Table } from '../dynamodb/table.ts';

/**
 * Reads push endpoints: whether SNS still pushes to them, and which devices share them, as `SnsEndpoints` stores it.
 */
export class EndpointUsers {
  readonly #sns: () => SNSClient;
  readonly #directory: Table;

  constructor(sns: () => SNSClient, directory: Table) {
    this.#sns = sns;
    this.#directory = directory;
  }

  async isEnabled(endpointArn: string): Promise<boolean> {
    try {
      const { Attributes } = await this.#sns().send(new GetEndpointAttributesCommand({ EndpointArn: endpointArn }));
      return Attributes?.['Enabled'] === 'true';
    } catch (error) {
      if (error instanceof NotFoundException) return false;
      throw error;
    }
  }

  async usersOf(endpointArn: string): Promise<readonly EndpointMember[]> {
    return endpointMembers(await this.#directory.get(endpointKey(endpointArn)));
  }
}

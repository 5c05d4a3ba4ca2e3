import { GetEndpointAttributesCommand, NotFoundException, type SNSClient } from '@aws-sdk/client-sns';
import { sha256 } from '../../core/digest.ts';
import type { Table } from '../dynamodb/table.ts';

/** Push endpoints read: whether SNS still serves them, and which devices share them, as `SnsEndpoints` stores it. */
export class EndpointUsers {
  readonly #sns: SNSClient;
  readonly #directory: Table;

  constructor(sns: SNSClient, directory: Table) {
    this.#sns = sns;
    this.#directory = directory;
  }

  async isEnabled(endpointArn: string): Promise<boolean> {
    try {
      const { Attributes } = await this.#sns.send(new GetEndpointAttributesCommand({ EndpointArn: endpointArn }));
      return Attributes?.['Enabled'] === 'true';
    } catch (error) {
      if (error instanceof NotFoundException) return false;
      throw error;
    }
  }

  async usersOf(endpointArn: string): Promise<readonly { sub: string; deviceId: string }[]> {
    const item = await this.#directory.get({ pk: `ENDPOINT#${sha256(endpointArn)}`, sk: 'ENDPOINT' });
    const members = item?.['devices'];
    return members instanceof Set ? [...members].map(userFrom) : [];
  }
}

/** `deviceId|sub`: a device id has no bar, a subject may. */
function userFrom(member: unknown): { sub: string; deviceId: string } {
  const text = String(member);
  const bar = text.indexOf('|');
  return { deviceId: text.slice(0, bar), sub: text.slice(bar + 1) };
}

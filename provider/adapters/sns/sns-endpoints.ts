import {
  CreatePlatformEndpointCommand,
  DeleteEndpointCommand,
  GetEndpointAttributesCommand,
  InvalidParameterException,
  NotFoundException,
  SetEndpointAttributesCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { Platform, PushReach } from '../../core/device/device.ts';
import type { PushEndpoints } from '../../flows/device/ports.ts';
import { endpointKey, endpointMember } from '../dynamodb/forms/endpoint-form.ts';
import type { Table } from '../dynamodb/table.ts';

/** How SNS says that a token has an endpoint already, with other attributes. The ARN stands in the message and nowhere else. */
const EXISTING_ARN = /Endpoint (arn:\S+) already exists/;
/** An endpoint may vanish between two calls when its last device leaves; one more round makes a new one. */
const ROUNDS = 3;

/**
 * SNS platform endpoints and who uses them. No user data is put on an endpoint: the same push token then always means
 * the same endpoint, whoever enrols it. Two accounts in one app share it, and the last to leave takes it along.
 */
export class SnsEndpoints implements PushEndpoints {
  readonly #sns: SNSClient;
  readonly #directory: Table;
  readonly #applicationArns: Readonly<Partial<Record<Platform, string>>>;

  constructor(sns: SNSClient, directory: Table, applicationArns: Readonly<Partial<Record<Platform, string>>>) {
    this.#sns = sns;
    this.#directory = directory;
    this.#applicationArns = applicationArns;
  }

  async register(device: {
    sub: string;
    deviceId: string;
    platform: Platform;
    pushToken: string;
  }): Promise<PushReach | 'refused'> {
    const { platform } = device;
    const application = this.#applicationArns[platform];
    if (application === undefined) return 'refused';
    for (let round = 0; round < ROUNDS; round += 1) {
      const endpointArn = await this.#create(application, device.pushToken);
      if (endpointArn === undefined) return 'refused';
      // Counted before it is used: whoever releases the endpoint from now on sees that it is needed.
      const { written } = await this.#directory.update({
        key: endpointKey(endpointArn),
        set: { arn: endpointArn },
        add: { devices: new Set([endpointMember(device)]) },
        guard: { condition: 'attribute_not_exists(#leaving)' },
      });
      // Its last device is just leaving: help it out, the next round makes a new endpoint.
      if (!written) await this.#sns.send(new DeleteEndpointCommand({ EndpointArn: endpointArn }));
      else if (await this.#revive(endpointArn, device.pushToken))
        return { kind: 'sns', platform, endpointArn, push: 'reachable' };
    }
    throw new Error('the push endpoint vanished while it was registered');
  }

  async release({ reach, ...device }: Parameters<PushEndpoints['release']>[0]): Promise<void> {
    if (reach.kind === 'none') return;
    const { endpointArn } = reach;
    const key = endpointKey(endpointArn);
    const { item } = await this.#directory.update({ key, takeOut: { devices: new Set([endpointMember(device)]) } });
    if (item?.devices !== undefined) return;
    // Closed first, so that nobody joins between here and the deletion.
    const closing = { condition: 'attribute_not_exists(#devices)' };
    const { written } = await this.#directory.update({ key, set: { leaving: true }, guard: closing });
    if (!written) return;
    await this.#sns.send(new DeleteEndpointCommand({ EndpointArn: endpointArn }));
    await this.#directory.delete(key);
  }

  /** The endpoint of a token, new or old; undefined when SNS says that the token is none of this platform's. */
  async #create(application: string, pushToken: string): Promise<string | undefined> {
    try {
      const { EndpointArn } = await this.#sns.send(
        new CreatePlatformEndpointCommand({ PlatformApplicationArn: application, Token: pushToken }),
      );
      return EndpointArn;
    } catch (error) {
      if (!(error instanceof InvalidParameterException)) throw error;
      return EXISTING_ARN.exec(error.message)?.[1];
    }
  }

  /** A fresh token from the app revives a disabled endpoint. False when the endpoint is gone. */
  async #revive(endpointArn: string, pushToken: string): Promise<boolean> {
    try {
      const { Attributes } = await this.#sns.send(new GetEndpointAttributesCommand({ EndpointArn: endpointArn }));
      if (Attributes?.['Enabled'] === 'true' && Attributes['Token'] === pushToken) return true;
      const revived = { Token: pushToken, Enabled: 'true' };
      await this.#sns.send(new SetEndpointAttributesCommand({ EndpointArn: endpointArn, Attributes: revived }));
      return true;
    } catch (error) {
      if (error instanceof NotFoundException) return false;
      throw error;
    }
  }
}

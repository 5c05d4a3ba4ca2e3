import type { Platform, PushReach } from '../../core/device/device.ts';
import type { PushEndpoints } from '../../flows/device/ports.ts';
import { endpointKey, endpointMember } from '../dynamodb/forms/endpoint-form.ts';
import type { Table } from '../dynamodb/table.ts';
import { type CallSns, isNotFound, mapIn, mapParameters, SnsError, textIn } from './query-protocol.ts';

/** SNS's message that a token already has an endpoint with other attributes. Only this message contains its ARN. */
const EXISTING_ARN = /Endpoint (arn:\S+) already exists/;
/**
 * How often registering is tried. An endpoint may be deleted between two calls when its last device leaves; another
 * round creates a new one.
 */
const ROUNDS = 3;

/** Endpoints that devices leave. What registers them is below. */
export class LeavableSnsEndpoints implements Pick<PushEndpoints, 'release'> {
  readonly #sns: CallSns;
  readonly #directory: Table;

  constructor(sns: CallSns, directory: Table) {
    this.#sns = sns;
    this.#directory = directory;
  }

  async release({ reach, ...device }: Parameters<PushEndpoints['release']>[0]): Promise<void> {
    if (reach.kind === 'none') return;
    const { endpointArn } = reach;
    const key = endpointKey(endpointArn);
    const { item } = await this.#directory.update({
      key,
      deleteFromSet: { devices: new Set([endpointMember(device)]) },
    });
    if (item?.devices !== undefined) return;
    // The endpoint is closed first, so that no device joins between here and the deletion.
    const closing = { condition: 'attribute_not_exists(#devices)' };
    const { written } = await this.#directory.update({ key, set: { leaving: true }, guard: closing });
    if (!written) return;
    await this.#sns('DeleteEndpoint', { EndpointArn: endpointArn });
    await this.#directory.delete(key);
  }
}

/**
 * SNS platform endpoints, and the devices that use them. No user data is stored on an endpoint, so that the same push
 * token always has the same endpoint, whichever user enrols. Two accounts in one app share it. It is deleted when the
 * last of them leaves. A crash while a push token is changed may leave an unused endpoint behind.
 */
export class SnsEndpoints extends LeavableSnsEndpoints implements PushEndpoints {
  readonly #sns: CallSns;
  readonly #directory: Table;
  readonly #applicationArns: Readonly<Partial<Record<Platform, string>>>;

  constructor(sns: CallSns, directory: Table, applicationArns: Readonly<Partial<Record<Platform, string>>>) {
    super(sns, directory);
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
      // The device is counted before it uses the endpoint, so that a release from now on sees that the endpoint is
      // needed.
      const { written } = await this.#directory.update({
        key: endpointKey(endpointArn),
        set: { arn: endpointArn },
        add: { devices: new Set([endpointMember(device)]) },
        guard: { condition: 'attribute_not_exists(#leaving)' },
      });
      // The last device is just leaving. Deleting the endpoint here completes its release, and the next round creates a
      // new endpoint.
      if (!written) await this.#sns('DeleteEndpoint', { EndpointArn: endpointArn });
      else if (await this.#revive(endpointArn, device.pushToken))
        return { kind: 'sns', platform, endpointArn, push: 'reachable' };
    }
    throw new Error('the push endpoint vanished while it was registered');
  }

  /**
   * Returns the endpoint of a token, new or existing. Undefined if SNS says that the token does not belong to this
   * platform.
   */
  async #create(application: string, pushToken: string): Promise<string | undefined> {
    try {
      const created = { PlatformApplicationArn: application, Token: pushToken };
      return textIn(await this.#sns('CreatePlatformEndpoint', created), 'EndpointArn');
    } catch (error) {
      if (!(error instanceof SnsError && error.name === 'InvalidParameter')) throw error;
      return EXISTING_ARN.exec(error.message)?.[1];
    }
  }

  /** Enables a disabled endpoint with a new token from the app. False if the endpoint no longer exists. */
  async #revive(endpointArn: string, pushToken: string): Promise<boolean> {
    try {
      const endpoint = { EndpointArn: endpointArn };
      const attributes = mapIn(await this.#sns('GetEndpointAttributes', endpoint));
      if (attributes['Enabled'] === 'true' && attributes['Token'] === pushToken) return true;
      const revived = mapParameters('Attributes.entry', { Token: pushToken, Enabled: 'true' });
      await this.#sns('SetEndpointAttributes', { ...endpoint, ...revived });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

import type { LoginIdentifier } from '../../core/asking/login-hint.ts';
import type { Device } from '../../core/device/device.ts';
import type { UserWithDevices } from '../../core/person/user.ts';
import type { Devices } from '../../flows/device/ports.ts';
import type { Users } from '../../flows/person/ports.ts';
import { DEVICE_PREFIX, deviceFrom, deviceItem, deviceKey, loginKey, userFrom } from './forms/directory-items.ts';
import type { Table } from './table.ts';

/** Users, login identifiers and devices in Directory. One query brings a user with all devices. */
export class UsersTable implements Users, Devices {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async resolve(identifier: LoginIdentifier): Promise<string | undefined> {
    const item = await this.#directory.get(loginKey(identifier));
    return item && String(item['sub']);
  }

  async findWithDevices(sub: string): Promise<UserWithDevices | undefined> {
    const items = await this.#directory.query(`USER#${sub}`);
    const profile = items.find((item) => item['sk'] === 'PROFILE');
    const devices = items.filter((item) => String(item['sk']).startsWith(DEVICE_PREFIX));
    return profile && { user: userFrom(profile), devices: devices.map(deviceFrom) };
  }

  async save(device: Device): Promise<void> {
    await this.#directory.put(deviceItem(device));
  }

  async update(change: Parameters<Devices['update']>[0]): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: deviceKey(change),
      set: { name: change.name, platform: change.platform, endpoint_arn: change.endpointArn, push: change.push },
      guard: { condition: 'attribute_exists(pk)' },
    });
    return written;
  }

  async markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: deviceKey(device),
      set: { push: 'unreachable' },
      guard: { condition: '#endpoint_arn = :dead AND #push <> :push', values: { dead: device.endpointArn } },
    });
    return written;
  }

  async remove(device: { sub: string; deviceId: string }): Promise<void> {
    await this.#directory.delete(deviceKey(device));
  }
}

import type { Device } from '../../core/device/device.ts';
import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import type { User } from '../../core/person/user.ts';
import type { Devices } from '../../flows/device/ports.ts';
import type { People } from '../../flows/person/ports.ts';
import { type DeviceForm, deviceFrom, deviceItem, deviceKey, isDevice, reachForm } from './forms/device-form.ts';
import { isProfile, loginKey, type UserForm, userFrom, userPartition } from './forms/user-form.ts';
import type { Table } from './table.ts';

type UserPartition = { readonly user: User | undefined; readonly devices: readonly Device[] };

/**
 * Persons and their devices in Directory: two ports over one partition for each person. A caller that asks for both at
 * the same time is answered from one read.
 */
export class PeopleTable implements People, Devices {
  readonly #directory: Table;
  /** Reads that were requested and have not started yet. */
  readonly #pendingReads = new Map<string, Promise<UserPartition>>();

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async resolve(identifier: LoginIdentifier): Promise<string | undefined> {
    return (await this.#directory.get(loginKey(identifier)))?.sub;
  }

  async find(sub: string): Promise<User | undefined> {
    return (await this.#read(sub)).user;
  }

  async listOf(sub: string): Promise<readonly Device[]> {
    return (await this.#read(sub)).devices;
  }

  async save(device: Device): Promise<void> {
    await this.#directory.put(deviceItem(device));
  }

  async update({ sub, deviceId, name, reach }: Parameters<Devices['update']>[0]): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: deviceKey({ sub, deviceId }),
      set: { name, ...(reach && reachForm(reach)) },
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

  /**
   * Reads the partition of a user. Callers share a read only until it starts, because a later caller must see what was
   * written in the meantime.
   */
  #read(sub: string): Promise<UserPartition> {
    const pending = this.#pendingReads.get(sub);
    if (pending) return pending;
    const reading = Promise.resolve().then(() => {
      this.#pendingReads.delete(sub);
      return this.#query(sub);
    });
    this.#pendingReads.set(sub, reading);
    return reading;
  }

  async #query(sub: string): Promise<UserPartition> {
    const items = await this.#directory.query<UserForm | DeviceForm>(userPartition(sub));
    const profile = items.find(isProfile);
    return { user: profile && userFrom(profile), devices: items.filter(isDevice).map(deviceFrom) };
  }
}

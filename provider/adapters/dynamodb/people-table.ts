import { type Device, isSameEndpoint } from '../../core/device/device.ts';
import type { ClientBlock } from '../../core/person/client-block.ts';
import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import type { User } from '../../core/person/user.ts';
import type { UserCode } from '../../core/person/user-code.ts';
import type { Devices } from '../../flows/device/ports.ts';
import type { People } from '../../flows/person/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { type BlockForm, blockFrom, isBlock } from './forms/block-form.ts';
import { type DeviceForm, deviceFrom, deviceItem, deviceKey, isDevice, reachForm } from './forms/device-form.ts';
import { isUserCode, type UserCodeForm, userCodeFrom } from './forms/user-code-form.ts';
import { isProfile, loginKey, type UserForm, userFrom, userPartition } from './forms/user-form.ts';
import type { Table } from './table.ts';

/** How often a change of a device is tried, while others change the device as well. */
const CHANGE_ROUNDS = 5;

type UserPartition = {
  readonly user: User | undefined;
  readonly devices: readonly Device[];
  readonly blocks: readonly ClientBlock[];
  readonly userCode: UserCode | undefined;
};

/**
 * Persons, their devices, their user codes and the clients that they denied in Directory: two ports over one partition
 * for each person. A caller that asks for all at the same time is answered from one read.
 */
export class PeopleTable implements People, Pick<Devices, 'listOf' | 'markUnreachable'> {
  readonly #directory: Table;
  readonly #entropy: Entropy;
  /** Reads that were requested and have not started yet. */
  readonly #pendingReads = new Map<string, Promise<UserPartition>>();

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async resolve(identifier: LoginIdentifier): Promise<string | undefined> {
    return (await this.#directory.get(loginKey(identifier)))?.sub;
  }

  async find(sub: string): Promise<User | undefined> {
    return (await this.#read(sub)).user;
  }

  async listBlocks(sub: string): Promise<readonly ClientBlock[]> {
    return (await this.#read(sub)).blocks;
  }

  async findUserCode(sub: string): Promise<UserCode | undefined> {
    return (await this.#read(sub)).userCode;
  }

  async listOf(sub: string): Promise<readonly Device[]> {
    return (await this.#read(sub)).devices;
  }

  async markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: deviceKey(device),
      set: { push: 'unreachable' },
      guard: { condition: '#endpoint_arn = :dead AND #push <> :push', values: { dead: device.endpointArn } },
      nonce: this.#nonce(),
    });
    return written;
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

  #nonce() {
    return { attribute: 'changed_by', value: this.#entropy.id() };
  }

  async #query(sub: string): Promise<UserPartition> {
    const items = await this.#directory.query<UserForm | DeviceForm | BlockForm | UserCodeForm>(userPartition(sub));
    const profile = items.find(isProfile);
    const [devices, blocks] = [items.filter(isDevice).map(deviceFrom), items.filter(isBlock).map(blockFrom)];
    const code = items.find(isUserCode);
    return { user: profile && userFrom(profile), devices, blocks, userCode: code && userCodeFrom(code) };
  }
}

/** The same, for functions that store, change and remove devices. */
export class PeopleAndDevicesTable extends PeopleTable implements Devices {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    super(directory, entropy);
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async save(device: Device): Promise<void> {
    await this.#directory.put(deviceItem(device));
  }

  /**
   * Changes the device as it is stored at the moment, so that a repetition of the SDK does not bring back a push token
   * that a later change has replaced. If others have changed it since and this change may have been made before, the
   * endpoint tells: the device has the new one, or one of another change. If it has the one from before, or no endpoint
   * was to change, it is a fault: the phone asks again.
   */
  async update({ sub, deviceId, name, move }: Parameters<Devices['update']>[0]): ReturnType<Devices['update']> {
    const key = deviceKey({ sub, deviceId });
    const set = { name, ...(move && reachForm(move.reach)) };
    let wasUnclear: boolean | undefined;
    for (let round = 1; round <= CHANGE_ROUNDS; round += 1) {
      const [stored] = await this.#directory.query<DeviceForm>(key.pk, { skPrefix: key.sk });
      if (!stored) return 'gone';
      const { reach } = deviceFrom(stored);
      const hasMoved = move && !isSameEndpoint(reach, move.instead);
      if (hasMoved && !isSameEndpoint(reach, move.reach)) return 'moved';
      if (wasUnclear && hasMoved) return 'changed';
      if (wasUnclear) break;
      const guard = stored.changed_by
        ? { condition: '#changed_by = :seen', values: { seen: stored.changed_by } }
        : { condition: 'attribute_exists(pk) AND attribute_not_exists(#changed_by)' };
      const { written, isUnclear } = await this.#directory.update({ key, set, guard, nonce: this.#nonce() });
      if (written) return 'changed';
      wasUnclear = isUnclear;
    }
    throw new Error('others changed the device at the same time');
  }

  async remove(device: { sub: string; deviceId: string }): Promise<void> {
    await this.#directory.delete(deviceKey(device));
  }

  #nonce() {
    return { attribute: 'changed_by', value: this.#entropy.id() };
  }
}

import type { Device, Proof, Reach } from '../../../core/device/device.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';
import { userPartition } from './user-form.ts';

// The stored form of a device in Directory. Its reach has attributes of its own, because guards compare them.

/** A device. `reach` and `proof` name the kind; the other attributes belong to that kind. */
export type DeviceForm = ReachForm &
  ProofForm & {
    readonly name: string;
    readonly enrolled_at: number;
    /** The nonce of the last change. Absent if the device has not changed since its enrolment. */
    readonly changed_by?: string | undefined;
  };
type ReachForm =
  | {
      readonly reach: 'sns';
      readonly platform: Extract<Reach, { kind: 'sns' }>['platform'];
      readonly endpoint_arn: string;
      readonly push: Extract<Reach, { kind: 'sns' }>['push'];
    }
  | { readonly reach: 'none' };
type ProofForm = {
  readonly proof: Proof['kind'];
  readonly public_key: Proof['publicKey'];
  /** The public half of the second key. Absent if the device has one key. */
  readonly verification_key?: Proof['verificationKey'];
};

/** The prefix of the sort keys of devices. */
const DEVICE_PREFIX = 'DEVICE#';
/** Returns the device id from a sort key. */
export const deviceIdFrom = (sk: string): string => sk.slice(DEVICE_PREFIX.length);

export const deviceKey = (device: { sub: string; deviceId: string }): Key<DeviceForm> => ({
  pk: userPartition(device.sub),
  sk: `${DEVICE_PREFIX}${device.deviceId}`,
});

export function deviceItem({ sub, deviceId, name, reach, proof, enrolledAt, ...unstored }: Device) {
  unstored satisfies Nothing;
  const form: DeviceForm = { name, enrolled_at: enrolledAt, ...reachForm(reach), ...proofForm(proof) };
  return { ...deviceKey({ sub, deviceId }), ...form };
}

export function deviceFrom(item: Stored<DeviceForm>): Whole<Device> {
  return {
    deviceId: deviceIdFrom(item.sk),
    sub: item.pk.slice(userPartition('').length),
    name: item.name,
    reach: reachFrom(item),
    proof: proofFrom(item),
    enrolledAt: item.enrolled_at,
  };
}

export function reachForm(reach: Reach): ReachForm {
  if (reach.kind === 'none') return { reach: 'none' };
  const { kind, platform, endpointArn, push, ...unstored } = reach;
  unstored satisfies Nothing;
  return { reach: kind, platform, endpoint_arn: endpointArn, push };
}

function reachFrom(form: ReachForm): Whole<Reach> {
  if (form.reach === 'none') return { kind: 'none' };
  return { kind: 'sns', platform: form.platform, endpointArn: form.endpoint_arn, push: form.push };
}

function proofForm({ kind, publicKey, verificationKey, ...unstored }: Proof): ProofForm {
  unstored satisfies Nothing;
  return { proof: kind, public_key: publicKey, verification_key: verificationKey };
}

function proofFrom(form: ProofForm): Whole<Proof> {
  return { kind: form.proof, publicKey: form.public_key, verificationKey: form.verification_key };
}

export function isDevice(item: Stored<unknown>): item is Stored<DeviceForm> {
  return item.sk.startsWith(DEVICE_PREFIX);
}

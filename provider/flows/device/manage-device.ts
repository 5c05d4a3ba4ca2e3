import { type Device, type DeviceView, isOtherEndpoint, type PushReach, viewDevice } from '../../core/device/device.ts';
import { checkDeviceName, checkPushToken } from '../../core/device/device-token.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import { authenticateDevice, type DeviceAuthenticationPorts, type DeviceCall } from './authenticate-device.ts';
import type { Devices, Enrolments, PushEndpoints } from './ports.ts';

/** What this flow needs. */
export type ManageDevicePorts = DeviceAuthenticationPorts &
  AuditedPorts & {
    readonly devices: Devices;
    readonly enrolments: Pick<Enrolments, 'withdraw'>;
    readonly endpoints: PushEndpoints;
  };
const UNKNOWN = refuse({ reason: 'device_not_authenticated', because: 'unknown_device' });
const MOVED = refuse({ reason: 'conflict', what: 'device' });

/** What a phone may change about itself. */
export type DeviceChange = { readonly name?: unknown; readonly push_token?: unknown };
/**
 * Lets a phone change its name, or hand in a new push token from Apple or Google. It can change only its own device.
 */
export async function updateDevice(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string; change: DeviceChange },
): Promise<Result<DeviceView>> {
  const own = await authenticateOwn(ports, call);
  if (!own.ok) return own;
  const device = own.value;
  const name = call.change.name === undefined ? ok(device.name) : checkDeviceName(call.change.name);
  if (!name.ok) return name;
  const pushToken = freshToken(device, call.change.push_token);
  if (!pushToken.ok) return pushToken;
  const { sub, deviceId } = device;
  const changed = [
    ...(name.value === device.name ? [] : [{ member: 'name' }]),
    ...(pushToken.value === undefined ? [] : [{ member: 'push_token' }]),
  ];
  const event = { event: 'device_updated', sub, deviceId, changed, by: 'device' } as const;
  return auditedChange(ports, { event }, (done) =>
    writeChange(ports, device, { name: name.value, pushToken: pushToken.value, done: () => done(event) }),
  );
}

async function writeChange(
  ports: ManageDevicePorts,
  device: Device,
  { name, pushToken, done }: { name: string; pushToken: string | undefined; done: () => Promise<void> },
): Promise<Result<DeviceView>> {
  const reach = await freshReach(ports, device, pushToken);
  if (!reach.ok) return reach;
  const { sub, deviceId } = device;
  // Without a new token the reach is not written: a change of name must not restore an endpoint that was replaced in
  // the meantime.
  const move = reach.value && { reach: reach.value, instead: device.reach };
  const updated = await ports.devices.update({ sub, deviceId, name, ...(move && { move }) });
  if (updated !== 'changed') {
    // The device does not point to the endpoint of this call, so nobody else releases it.
    if (reach.value) await ports.endpoints.release({ sub, deviceId, reach: reach.value });
    return updated === 'gone' ? UNKNOWN : MOVED;
  }
  await done();
  // The old endpoint is released only after the device points to the new one. A crash between the two leaves an unused
  // endpoint, but never a device without one.
  if (reach.value && isOtherEndpoint(device, reach.value)) await ports.endpoints.release(device);
  return ok(viewDevice({ ...device, name, ...(reach.value && { reach: reach.value }) }));
}

/** Checks the push token that the phone handed in. Undefined if it handed in none. */
function freshToken({ reach }: Device, token: unknown): Result<string | undefined> {
  if (token === undefined) return ok(undefined);
  const pushToken = checkPushToken(token);
  if (!pushToken.ok) return pushToken;
  return reach.kind === 'none' ? refuse({ reason: 'push_token_refused' }) : pushToken;
}

/** Registers the push token that the phone handed in. Undefined if it handed in none. */
async function freshReach(
  ports: ManageDevicePorts,
  { sub, deviceId, reach }: Device,
  pushToken: string | undefined,
): Promise<Result<PushReach | undefined>> {
  if (pushToken === undefined || reach.kind === 'none') return ok(undefined);
  const registered = await ports.endpoints.register({ sub, deviceId, platform: reach.platform, pushToken });
  return registered === 'refused' ? refuse({ reason: 'push_token_refused' }) : ok(registered);
}

/** Lets a phone remove its own enrolment. */
export async function removeDevice(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string },
): Promise<Result<true>> {
  const own = await authenticateOwn(ports, call);
  if (!own.ok) return own;
  const { sub, deviceId } = own.value;
  const event = { event: 'device_removed', sub, deviceId, by: 'device' } as const;
  return auditedChange(ports, { event, takesAway: true }, async (done) => {
    await ports.enrolments.withdraw({ sub, deviceId });
    await done(event);
    // Only the stored device names its endpoint. If the deletion fails, an operator can still remove both.
    await ports.endpoints.release(own.value);
    await ports.devices.remove({ sub, deviceId });
    return ok(true);
  });
}

/** Authenticates a device that manages itself. It may not manage any other device, not even one of the same user. */
async function authenticateOwn(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string },
): Promise<Result<Device>> {
  const authenticated = await authenticateDevice(ports, call);
  if (!authenticated.ok) return authenticated;
  const { device } = authenticated.value;
  return device.deviceId === call.deviceId ? ok(device) : refuse({ reason: 'device_not_own' });
}

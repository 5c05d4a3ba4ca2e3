import { type Device, type DeviceView, isOtherEndpoint, type PushReach, viewDevice } from '../../core/device/device.ts';
import { checkDeviceName, checkPushToken } from '../../core/device/device-token.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { AuditTrail } from '../ports.ts';
import { authenticateDevice, type DeviceAuthenticationPorts, type DeviceCall } from './authenticate-device.ts';
import type { Devices, PushEndpoints } from './ports.ts';

/** What this flow needs. */
export type ManageDevicePorts = DeviceAuthenticationPorts & {
  readonly devices: Devices;
  readonly endpoints: PushEndpoints;
  readonly audit: AuditTrail;
};
/** What a phone may change about itself. */
export type DeviceChange = { readonly name?: unknown; readonly push_token?: unknown };
/** A phone changes its name, or hands in the fresh push token that Apple or Google gave it. Only its own device. */
export async function updateDevice(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string; change: DeviceChange },
): Promise<Result<DeviceView>> {
  const own = await authenticateOwn(ports, call);
  if (!own.ok) return own;
  const device = own.value;
  const name = call.change.name === undefined ? ok(device.name) : checkDeviceName(call.change.name);
  if (!name.ok) return name;
  const reach = await freshReach(ports, device, call.change.push_token);
  if (!reach.ok) return reach;
  const { sub, deviceId } = device;
  // Without a fresh token the reach stays out: a rename must not write back an endpoint that was replaced meanwhile.
  const change = { name: name.value, ...(reach.value && { reach: reach.value }) };
  if (!(await ports.devices.update({ sub, deviceId, ...change })))
    return refuse({ reason: 'device_not_authenticated', because: 'unknown_device' });
  ports.audit.write({ event: 'device_updated', sub, deviceId, by: 'device' }, ports.clock());
  // The old endpoint goes only after the device points at the new one: a crash between the two leaves a stray, not a hole.
  if (reach.value && isOtherEndpoint(device, reach.value)) await ports.endpoints.release(device);
  return ok(viewDevice({ ...device, ...change }));
}

/** The endpoint of a push token that the phone handed in; undefined when it handed in none. */
async function freshReach(
  ports: ManageDevicePorts,
  { sub, deviceId, reach }: Device,
  token: unknown,
): Promise<Result<PushReach | undefined>> {
  if (token === undefined) return ok(undefined);
  const pushToken = checkPushToken(token);
  if (!pushToken.ok) return pushToken;
  if (reach.kind === 'none') return refuse({ reason: 'push_token_refused' });
  const { platform } = reach;
  const registered = await ports.endpoints.register({ sub, deviceId, platform, pushToken: pushToken.value });
  return registered === 'refused' ? refuse({ reason: 'push_token_refused' }) : ok(registered);
}

/** A phone removes its own enrolment. */
export async function removeDevice(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string },
): Promise<Result<true>> {
  const own = await authenticateOwn(ports, call);
  if (!own.ok) return own;
  await ports.devices.remove(own.value);
  ports.audit.write(
    { event: 'device_removed', sub: own.value.sub, deviceId: own.value.deviceId, by: 'device' },
    ports.clock(),
  );
  await ports.endpoints.release(own.value);
  return ok(true);
}

/** A device manages itself alone: not another device, not even one of the same user. */
async function authenticateOwn(
  ports: ManageDevicePorts,
  call: DeviceCall & { deviceId: string },
): Promise<Result<Device>> {
  const authenticated = await authenticateDevice(ports, call);
  if (!authenticated.ok) return authenticated;
  const { device } = authenticated.value;
  return device.deviceId === call.deviceId ? ok(device) : refuse({ reason: 'device_not_own' });
}

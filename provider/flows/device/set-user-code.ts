import type { Result } from '../../core/result.ts';
import { type StoreUserCodePorts, storeUserCode } from '../person/store-user-code.ts';
import { authenticateDevice, type DeviceAuthenticationPorts, type DeviceCall } from './authenticate-device.ts';

/** What this flow needs. */
export type SetOwnUserCodePorts = DeviceAuthenticationPorts & StoreUserCodePorts;

/**
 * Lets a phone set or change the user code of its person (CIBA §7.1.2). It cannot remove the code: the company may have
 * set it, and a stolen phone must not undo that.
 */
export async function setOwnUserCode(
  ports: SetOwnUserCodePorts,
  call: DeviceCall & { readonly code: string },
): Promise<Result<true>> {
  const authenticated = await authenticateDevice(ports, call);
  if (!authenticated.ok) return authenticated;
  const { user, device } = authenticated.value;
  const stored = await ports.people.findUserCode(user.sub);
  const { deviceId } = device;
  return storeUserCode(ports, { user, stored, code: call.code }, { by: 'device', deviceId });
}

import type { DeviceCall } from '../../flows/device/authenticate-device.ts';
import type { HttpRequest } from './request.ts';

/** Reads a phone's call: the assertion from `Authorization: Device <JWT>`, and the call that it must be bound to. */
export function deviceCallFrom(request: HttpRequest): DeviceCall {
  const assertion = /^Device +([A-Za-z0-9._-]+) *$/i.exec(request.headers['authorization'] ?? '')?.[1];
  return { assertion, method: request.method, path: request.path, note: request.note };
}

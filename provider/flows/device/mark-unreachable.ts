import type { AuditLog, Clock } from '../ports.ts';
import type { Devices } from './ports.ts';

/** What this step needs. */
export type MarkUnreachablePorts = {
  readonly devices: Pick<Devices, 'markUnreachable'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

/**
 * Marks a device whose push token the push service reported dead, and records it in the audit trail. Only the first
 * mark is recorded.
 */
export async function markUnreachable(
  ports: MarkUnreachablePorts,
  device: { sub: string; deviceId: string; endpointArn: string },
): Promise<void> {
  const { sub, deviceId } = device;
  if (await ports.devices.markUnreachable(device))
    ports.audit.write({ event: 'device_unreachable', sub, deviceId, by: 'push service' }, ports.clock());
}

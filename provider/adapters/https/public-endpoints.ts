import type { NotificationAddresses } from '../../flows/client/ports.ts';
import { isForbiddenAddress, parseNetwork } from './public-address.ts';

/** Which hosts may be notified: those of the public internet, and the networks that are listed. */
export function notificationAddresses(networks: readonly string[]): NotificationAddresses {
  const own = networks.map(parseNetwork);
  return { isForbidden: (url) => isForbiddenAddress(new URL(url), own) };
}

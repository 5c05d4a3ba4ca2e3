import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A network: its first address, and the number of bits that its addresses share. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** Parses a CIDR range such as `10.0.0.0/8`. Throws if it is malformed. */
export const parseNetwork = (text: string): Network => ipaddr.parseCIDR(text);

/** The IPv6 addresses that are assigned to the public internet (RFC 4291 §2.4). */
const GLOBAL_UNICAST = parseNetwork('2000::/3');

/** The error code for a name that resolves to an address that must not be called. */
export const NOT_PUBLIC = 'ERR_ADDRESS_NOT_PUBLIC';

/** Returns whether an address belongs to the public internet or to one of these networks. */
function mayBeCalled(address: string, networks: readonly Network[]): boolean {
  const parsed = ipaddr.parse(address);
  const isIn = ([range, bits]: Network) => range.kind() === parsed.kind() && parsed.match(range, bits);
  if (networks.some(isIn)) return true;
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || isIn(GLOBAL_UNICAST));
}

/** Returns whether a URL's host is an IP address that must not be called. Names are checked by {@link lookupPublic}. */
export function isForbiddenAddress({ hostname }: URL, networks: readonly Network[]): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return isIP(host) !== 0 && !mayBeCalled(host, networks);
}

/**
 * Makes a lookup function for connections. The addresses that it checks are the ones that are connected to, so a name
 * cannot resolve to another address a moment later. A name with any address that must not be called is refused.
 */
export function lookupPublic(networks: readonly Network[]): LookupFunction {
  return (hostname, options, callback) => {
    const finish = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[] = []): void => {
      const [first] = addresses;
      if (error || !first) callback(error ?? notPublic(), []);
      else if (!addresses.every(({ address }) => mayBeCalled(address, networks))) callback(notPublic(), []);
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    lookup(hostname, { ...options, all: true }, finish);
  };
}

function notPublic(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is not public'), { code: NOT_PUBLIC });
}

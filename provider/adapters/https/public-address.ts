import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A network as its first address and the bits that its addresses share. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** Reads a network, as `10.0.0.0/8`. Throws when it is none. */
export const parseNetwork = (text: string): Network => ipaddr.parseCIDR(text);

/** Of IPv6, only what is assigned to the public internet at all (RFC 4291 §2.4). */
const GLOBAL_UNICAST = parseNetwork('2000::/3');

/** The code of the error that a name gets which stands for an address that must not be called. */
export const NOT_PUBLIC = 'ERR_ADDRESS_NOT_PUBLIC';

/** Whether an address is of the public internet, or of one of these networks. */
export function mayBeCalled(address: string, networks: readonly Network[]): boolean {
  const parsed = ipaddr.parse(address);
  const isIn = ([range, bits]: Network) => range.kind() === parsed.kind() && parsed.match(range, bits);
  if (networks.some(isIn)) return true;
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || isIn(GLOBAL_UNICAST));
}

/** Whether a URL's host is an address, instead of a name, that must not be called. Names are judged by {@link lookupPublic}. */
export function isForbiddenAddress({ hostname }: URL, networks: readonly Network[]): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return isIP(host) !== 0 && !mayBeCalled(host, networks);
}

/**
 * Looks up a name for a connection: the addresses that are checked are the ones that are connected to, so no name can
 * stand for another address a moment later. One address that must not be called spoils the name.
 */
export function lookupPublic(networks: readonly Network[]): LookupFunction {
  return (hostname, options, callback) => {
    const settle = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[] = []): void => {
      const [first] = addresses;
      if (error || !first) callback(error ?? notPublic(), []);
      else if (!addresses.every(({ address }) => mayBeCalled(address, networks))) callback(notPublic(), []);
      else if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    lookup(hostname, { ...options, all: true }, settle);
  };
}

function notPublic(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is not public'), { code: NOT_PUBLIC });
}

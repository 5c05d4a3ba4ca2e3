import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

type Family = 'ipv4' | 'ipv6';
/** The addresses of a network. Those of the other kind are never among them, also where one kind contains the other. */
export type Network = { readonly family: Family; readonly addresses: BlockList };

/** Parses a CIDR range such as `10.0.0.0/8`. Throws if it is malformed. */
export function parseNetwork(text: string): Network {
  const [, address = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return networkOf(familyOf(address), [[address, Number(bits)]]);
}

/** Addresses that are not public although they look like it: IANA's registries of special addresses (RFC 6890). */
const SPECIAL = {
  ipv4: networkOf('ipv4', [
    // "This network", and no address at all.
    ['0.0.0.0', 8],
    // Private (RFC 1918).
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    // Networks of carriers (RFC 6598), this machine, and the link: there the credentials of instances are.
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    // Protocols, documentation, the former 6to4 relays, and benchmarks (RFC 6890, 5737, 7526, 2544).
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    // AS112 (RFC 7535, 7534) and AMT (RFC 7450).
    ['192.31.196.0', 24],
    ['192.175.48.0', 24],
    ['192.52.193.0', 24],
    // Multicast, and all above it, to which everybody on the link belongs.
    ['224.0.0.0', 3],
  ]),
  ipv6: networkOf('ipv6', [
    // Protocols (RFC 2928): Teredo, benchmarks, ORCHID and drones among them.
    ['2001::', 23],
    // Documentation (RFC 3849, 9637).
    ['2001:db8::', 32],
    ['3fff::', 20],
    // 6to4 (RFC 3056): it contains an IPv4 address.
    ['2002::', 16],
    // AS112 (RFC 7534).
    ['2620:4f:8000::', 48],
  ]),
};
/** The IPv6 addresses that are assigned to the public internet (RFC 4291 §2.4). */
const GLOBAL_UNICAST = networkOf('ipv6', [['2000::', 3]]);

/** The error code for a name that resolves to an address that must not be called. */
export const NOT_PUBLIC = 'ERR_ADDRESS_NOT_PUBLIC';

/** Returns whether an address belongs to the public internet or to one of these networks. A text that is none does not. */
export function mayBeCalled(text: string, networks: readonly Network[]): boolean {
  // An address of a link may have the name of its interface behind it.
  const [address = ''] = text.split('%');
  if (isIP(address) === 0) return false;
  const family = familyOf(address);
  const isIn = (network: Network) => network.family === family && network.addresses.check(address, family);
  if (networks.some(isIn)) return true;
  return !isIn(SPECIAL[family]) && (family === 'ipv4' || isIn(GLOBAL_UNICAST));
}

function familyOf(address: string): Family {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function networkOf(family: Family, ranges: readonly (readonly [first: string, bits: number])[]): Network {
  const addresses = new BlockList();
  for (const [first, bits] of ranges) addresses.addSubnet(first, bits, family);
  return { family, addresses };
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

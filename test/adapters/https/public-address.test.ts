import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { mayBeCalled, parseNetwork } from '../../../provider/adapters/https/public-address.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [first: Address, bits: number];

/** What ipaddr.js says of an address, with the one rule that it does not have (RFC 4291 §2.4). */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return !(address instanceof ipaddr.IPv6) || address.match(ipaddr.IPv6.parseCIDR('2000::/3'));
}

/** Each range that ipaddr.js knows to be special, of the kind of these addresses. */
function specialRanges(kind: typeof ipaddr.IPv4 | typeof ipaddr.IPv6): readonly Range[] {
  const ranges: Readonly<Record<string, Range | readonly Range[]>> = Reflect.get(kind.prototype, 'SpecialRanges');
  return Object.values(ranges).flatMap((range) => (range[0] instanceof kind ? [range as Range] : (range as Range[])));
}

/** The first and the last address of a range, and the two beside them. */
function edgesOf([first, bits]: Range): readonly Address[] {
  const start = first.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const size = first.toByteArray().length;
  const end = start + 2n ** BigInt(size * 8 - bits) - 1n;
  const within = (n: bigint) => n >= 0n && n < 2n ** BigInt(size * 8);
  return [start - 1n, start, end, end + 1n].filter(within).map((n) => {
    const hex = n.toString(16).padStart(size * 2, '0');
    return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]);
  });
}

describe('an address is public where ipaddr.js says so', () => {
  it.each([ipaddr.IPv4, ipaddr.IPv6])('at both edges of each special range', (kind) => {
    const edges = specialRanges(kind).flatMap(edgesOf);
    expect(edges.length).toBeGreaterThan(60);
    for (const edge of edges)
      expect([edge.toString(), mayBeCalled(edge.toString(), [])]).toEqual([edge.toString(), isPublic(edge)]);
  });

  it.each([4, 16])('for any %d bytes, and for such that begin as most IPv6 addresses do', (length) => {
    const bytes = fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes, fc.boolean(), (given, isGlobal) => {
        const address = ipaddr.fromByteArray([isGlobal ? 0x20 : (given[0] ?? 0), ...given.slice(1)]);
        return mayBeCalled(address.toString(), []) === isPublic(address);
      }),
      { numRuns: 2000 },
    );
  });
});

it.each(['', 'localhost', '10.0.0.1.example', '0x7f.1', '010.0.0.1'])('%o is no address, and is not called', (text) => {
  expect(mayBeCalled(text, [])).toBe(false);
});

describe('a network that is allowed', () => {
  const isAllowed = (address: string, ...networks: readonly string[]) =>
    mayBeCalled(address, networks.map(parseNetwork));

  it('has its addresses and no others, whatever address of it was named', () => {
    expect(isAllowed('10.1.0.0', '10.1.2.3/16')).toBe(true);
    expect(isAllowed('10.1.255.255', '10.1.2.3/16')).toBe(true);
    expect(isAllowed('10.2.0.0', '10.1.2.3/16')).toBe(false);
    expect(isAllowed('fd00::1', 'fc00::/7')).toBe(true);
  });

  it('has none of the other kind, neither one that contains an address of it nor one in it', () => {
    expect(isAllowed('::ffff:10.0.0.1', '10.0.0.0/8')).toBe(false);
    expect(isAllowed('::ffff:a00:1', '0.0.0.0/0')).toBe(false);
    expect(isAllowed('10.0.0.1', '::ffff:0:0/96', '::/0')).toBe(false);
  });

  it('has an address that names its interface', () => {
    expect(isAllowed('fe80::1%eth0')).toBe(false);
    expect(isAllowed('fe80::1%eth0', 'fe80::/10')).toBe(true);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', 'fd00::/129', 'example.com/8', '/8', '10.0.0.0/8/8'])(
    'is not written as %s',
    (text) => {
      expect(() => parseNetwork(text)).toThrow();
    },
  );
});

import { createHash, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { der, implicit, oid, sequence, TAG, tagged } from './der.ts';

// Extensions of certificates (RFC 5280 §4.2.1).

/** The last byte of the object identifier of each extension. */
const IDENTIFIER = {
  subjectKeyIdentifier: 14,
  keyUsage: 15,
  subjectAltName: 17,
  basicConstraints: 19,
  nameConstraints: 30,
  authorityKeyIdentifier: 35,
  extendedKeyUsage: 37,
} as const;
const SERVER_AUTHENTICATION = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
/** Bits of the key usage, the first in the highest place, with the number of unused bits before them (§4.2.1.3). */
const KEY_USAGE = { digitalSignature: Buffer.of(7, 0x80), keyCertSign: Buffer.of(2, 0x04) } as const;
const TRUE = der(TAG.boolean, Buffer.of(0xff));

function extension(name: keyof typeof IDENTIFIER, value: Uint8Array, { critical = false } = {}): Buffer {
  return sequence(oid(0x55, 0x1d, IDENTIFIER[name]), ...(critical ? [TRUE] : []), der(TAG.octetString, value));
}

/** Whether the subject is an authority. One that is signs servers' certificates, and no further authorities. */
export function basicConstraints(isAuthority: boolean): Buffer {
  const content = isAuthority ? [TRUE, der(TAG.integer, Buffer.of(0))] : [];
  return extension('basicConstraints', sequence(...content), { critical: true });
}

export function keyUsage(use: keyof typeof KEY_USAGE): Buffer {
  return extension('keyUsage', der(TAG.bitString, KEY_USAGE[use]), { critical: true });
}

/** The key serves for servers' certificates of TLS, and for nothing else. */
export function forServers(): Buffer {
  return extension('extendedKeyUsage', sequence(SERVER_AUTHENTICATION));
}

/** The host names and addresses of the subject. */
export function subjectAltName(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) => (isIP(host) === 0 ? implicit(2, Buffer.from(host)) : implicit(7, bytesOf(host))));
  return extension('subjectAltName', sequence(...names));
}

/** The names, with those below them, and the addresses for which an authority may sign. Others are refused. */
export function nameConstraints(permitted: {
  readonly names: readonly string[];
  readonly networks: readonly { readonly address: string; readonly mask: string }[];
}): Buffer {
  const names = permitted.names.map((name) => implicit(2, Buffer.from(name)));
  const networks = permitted.networks.map(({ address, mask }) =>
    implicit(7, Buffer.concat([bytesOf(address), bytesOf(mask)])),
  );
  const subtrees = [...names, ...networks].map((base) => sequence(base));
  return extension('nameConstraints', sequence(tagged(0, ...subtrees)), { critical: true });
}

export function subjectKeyIdentifier(key: KeyObject): Buffer {
  return extension('subjectKeyIdentifier', der(TAG.octetString, identifierOf(key)));
}

export function authorityKeyIdentifier(key: KeyObject): Buffer {
  return extension('authorityKeyIdentifier', sequence(implicit(0, identifierOf(key))));
}

/** Names a key by a hash of its whole structure (RFC 7093 §2, method 4). */
function identifierOf(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

/** The bytes of an IPv4 or IPv6 address. */
function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [before = '', after] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const zeros = Array.from({ length: 8 - groups(before).length - groups(after).length }, () => '0');
  const all = after === undefined ? groups(before) : [...groups(before), ...zeros, ...groups(after)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

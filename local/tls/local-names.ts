import { isIP } from 'node:net';

/**
 * The names, with those below them, that belong to nobody on the internet: reserved for one machine and for examples
 * (RFC 6761, RFC 2606), and those by which containers of Docker reach their host. No tunnel can have such a name.
 */
export const LOCAL_NAMES = [
  'localhost',
  'test',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'docker.internal',
] as const;
/** The addresses of this machine. */
export const LOCAL_NETWORKS = [
  { address: '127.0.0.0', mask: '255.0.0.0' },
  { address: '::1', mask: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
] as const;

/** Whether a host of a URL can be meant for this machine alone: a local name, or a loopback address. */
export function isLocalHost(hostname: string): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '').toLowerCase();
  if (isIP(host) === 4) return host.startsWith('127.');
  if (isIP(host) === 6) return host === '::1';
  return LOCAL_NAMES.some((name) => host === name || host.endsWith(`.${name}`));
}

import tls from 'node:tls';

/** Where connections to AWS lead. */
export type EmulatorAddress = {
  /** The domain of AWS in one region. Its names lead to the emulator. */
  readonly domain: string;
  readonly port: number;
  /** The emulator's certificate in PEM. */
  readonly certificate: string;
};

/**
 * Leads every TLS connection of this process to a name of the domain to the emulator, and trusts its certificate there.
 * So the stack keeps the addresses that it has on AWS. Nothing else changes: names and certificates are still checked. Returns
 * what ends it.
 */
export function redirectToEmulator({ domain, port, certificate }: EmulatorAddress): () => void {
  const { connect } = tls;
  const redirected = (options: tls.ConnectionOptions): tls.ConnectionOptions => {
    const { host = '' } = options;
    if (host === '127.0.0.1' && Number(options.port) === port) return { ...options, ca: certificate };
    if (host !== domain && !host.endsWith(`.${domain}`)) return options;
    return { ...options, host: '127.0.0.1', port, servername: host, ca: certificate };
  };
  const replacement = (options: tls.ConnectionOptions, onConnect?: () => void) =>
    connect(redirected(options), onConnect);
  Object.assign(tls, { connect: replacement });
  return () => void Object.assign(tls, { connect });
}

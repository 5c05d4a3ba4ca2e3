import { type Authority, authorityFolder, openAuthority } from '../tls/authority-files.ts';
import { isLocalHost } from '../tls/local-names.ts';
import type { Gateway } from './gateway.ts';
import { StartError } from './start-error.ts';

/** Under which addresses the provider is served. */
export type ListenerOptions = {
  /** Where HTTP without TLS is served. 0 takes any free port. */
  readonly port: number;
  /** Serves HTTPS too. Its address is then the issuer. */
  readonly https?: HttpsOptions | undefined;
  /** Another issuer than the address of the listener, for example that of a proxy. It may lack the final slash. */
  readonly issuer?: string | undefined;
};
export type HttpsOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** The port of a listener that also asks callers for a certificate. Default: there is none. */
  readonly mtlsPort?: number | undefined;
  /** The folder of the authority. Default: that of the user of this machine. */
  readonly authority?: string | undefined;
};

/** The addresses at which it is served. */
export type Listeners = {
  /** The issuer without its slash. */
  readonly url: string;
  /** `http://localhost:PORT`: without TLS, whatever the issuer is. */
  readonly plainUrl: string;
  /** The listeners with TLS. */
  readonly secure: SecureListeners | undefined;
};

type SecureListeners = {
  readonly authority: Authority;
  /** `https://localhost:PORT` */
  readonly url: string;
  /** The same for the listener that asks callers for a certificate; undefined without one. */
  readonly mtlsUrl: string | undefined;
};

/** Lets the gateway listen. */
export async function listen(gateway: Gateway, options: ListenerOptions): Promise<Listeners> {
  const { https, issuer } = options;
  const plainUrl = `http://localhost:${await gateway.listen(options.port)}`;
  const secure = https && (await listenWithTls(gateway, https, issuer));
  const url = issuer?.replace(/\/$/, '') ?? secure?.url ?? plainUrl;
  gateway.issuerHost = new URL(url).hostname;
  return { url, plainUrl, secure };
}

async function listenWithTls(
  gateway: Gateway,
  https: HttpsOptions,
  issuer: string | undefined,
): Promise<SecureListeners> {
  const { hostname } = new URL(issuer ?? 'https://localhost');
  if (!isLocalHost(hostname))
    throw new StartError(
      `--https has no certificate for ${hostname}: choose an issuer below localhost or test, or put a proxy with a certificate in front and leave --https out`,
    );
  const authority = await openAuthority(https.authority ?? authorityFolder(process.env));
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', hostname.replaceAll(/^\[|\]$/g, '')])];
  const tls = { authority, hosts };
  const port = await gateway.listenWithTls(https.port, { ...tls, asksForCertificate: false });
  const mtlsPort =
    https.mtlsPort === undefined
      ? undefined
      : await gateway.listenWithTls(https.mtlsPort, { ...tls, asksForCertificate: true });
  const mtlsUrl = mtlsPort === undefined ? undefined : `https://localhost:${mtlsPort}`;
  return { url: `https://localhost:${port}`, authority, mtlsUrl };
}

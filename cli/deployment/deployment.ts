import { WrongUsage } from '../command-line/failure.ts';

/** The default address of the local runtime. */
const LOCAL_URL = 'http://localhost:3000';
const EXECUTE_API_HOST = /^[a-z0-9-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The provider that commands call, and how to sign calls to it. */
export type Deployment = {
  /** Scheme and host, without a path. */
  readonly origin: string;
  /** Whether it is the local runtime, which trusts callers on this machine, so that nothing is signed. */
  readonly isLocal: boolean;
  /** The region of `--region`, or the one in the host name of API Gateway. */
  readonly region: string | undefined;
  /** Where the URL comes from; undefined if it is the default, the local runtime. */
  readonly urlFrom: '--url' | 'CIBA_URL' | undefined;
  /** The AWS profile of `--profile`; otherwise the SDK's own choice. */
  readonly profile: string | undefined;
};

/**
 * Reads `--url` or CIBA_URL. Any URL except the local runtime's must be HTTPS, because answers carry secrets. A region
 * in the host name overrides the environment's, because API Gateway refuses a signature for any other region.
 */
export function readDeployment(
  given: { url?: string | undefined; region?: string | undefined; profile?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Deployment {
  const set = environment['CIBA_URL'] || undefined;
  const typed = given.url ?? set ?? LOCAL_URL;
  const urlFrom = given.url !== undefined ? '--url' : set !== undefined ? 'CIBA_URL' : undefined;
  const source = urlFrom ?? '--url';
  const url = URL.parse(typed);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new WrongUsage(`${source} must be a URL such as https://login.example.com`);
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw new WrongUsage(`${source} must consist of scheme and host only, such as https://login.example.com`);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (!isLocal && url.protocol !== 'https:')
    throw new WrongUsage(`${source} must begin with https://, because answers carry secrets`);
  const region = given.region ?? EXECUTE_API_HOST.exec(url.hostname)?.[1];
  return { origin: url.origin, isLocal, region, urlFrom, profile: given.profile };
}

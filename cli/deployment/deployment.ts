import { WrongUsage } from '../command-line/failure.ts';

/** Where the local runtime listens. */
export const LOCAL_URL = 'http://localhost:3000';
const EXECUTE_API_HOST = /^[a-z0-9-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The provider that commands go to, and what is known about how to sign for it. */
export type Deployment = {
  /** Scheme and host, without a path. */
  readonly origin: string;
  /** The local runtime: it vouches for callers on this machine, so nothing is signed. */
  readonly isLocal: boolean;
  /** The region of `--region`, or the one that the host name of API Gateway tells. */
  readonly region: string | undefined;
  /** Where the URL was given; undefined when nobody did and it is the local one by default. */
  readonly urlFrom: '--url' | 'CIBA_URL' | undefined;
  /** The AWS profile of `--profile`; otherwise the SDK's own choice. */
  readonly profile: string | undefined;
};

/**
 * Reads `--url`, or CIBA_URL. Anything but the local runtime must be HTTPS: answers carry secrets. A region in the host
 * name wins over the environment's, because a signature for any other region is refused there.
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
    throw new WrongUsage(`${source} must be a URL as https://login.example.com`);
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw new WrongUsage(`${source} must name scheme and host only, as https://login.example.com`);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (!isLocal && url.protocol !== 'https:')
    throw new WrongUsage(`${source} must begin with https://, because answers carry secrets`);
  const region = given.region ?? EXECUTE_API_HOST.exec(url.hostname)?.[1];
  return { origin: url.origin, isLocal, region, urlFrom, profile: given.profile };
}

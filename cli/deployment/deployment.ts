import { WrongUsage } from '../command-line/failure.ts';
import type { Globals } from '../command-line/globals.ts';
import { findContext, LOCAL, readConfiguration } from './contexts.ts';

/** The default address of the local runtime. */
export const LOCAL_URL = 'http://localhost:3000';
const EXECUTE_API_HOST = /^[a-z0-9-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The provider that commands call, and how to sign calls to it. */
export type Deployment = {
  /** Scheme and host, without a path. */
  readonly origin: string;
  /** Whether it is the local runtime, which trusts callers on this machine, so that nothing is signed. */
  readonly isLocal: boolean;
  /** The region of `--region`, of the context, or the one in the host name of API Gateway. */
  readonly region: string | undefined;
  /** Where the URL comes from; undefined if it is the default, the local runtime. */
  readonly urlFrom: '--url' | '--stack' | 'context' | 'CIBA_URL' | undefined;
  /** The stack of `--stack`, or of the context. */
  readonly stack: { readonly name: string; readonly from: '--stack' | 'context' } | undefined;
  /** The name of the context, if the URL comes from one. */
  readonly context: string | undefined;
  /** The AWS profile of `--profile` or of the context; otherwise the SDK's own choice. */
  readonly profile: string | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;
/** What may name a deployment. */
export type Naming = Partial<Omit<Globals, 'json'>>;

/**
 * Finds the deployment that is meant. The first of these that is given counts, and brings everything else that it knows
 * with it: `--url`, `--stack`, `--context`, CIBA_URL, the current context, the local runtime. `--region` and `--profile`
 * count before those of a context. With `--stack` the URL is not known yet: `readStack` and `atStack` find it.
 */
export function readDeployment(given: Naming, environment: Environment): Deployment {
  const set = environment['CIBA_URL'] || undefined;
  const stack = given.stack === undefined ? undefined : ({ name: given.stack, from: '--stack' } as const);
  if (given.url !== undefined) return deploymentAt(given.url, '--url', { ...given, stack });
  if (stack) return { ...deploymentAt(LOCAL_URL, '--stack', { ...given, stack }), isLocal: false };
  if (given.context === undefined && set !== undefined) return deploymentAt(set, 'CIBA_URL', { ...given, stack });
  const configuration = readConfiguration(environment);
  const name = given.context ?? configuration.current;
  const context = findContext(configuration, name);
  if (!context) {
    const local = deploymentAt(set ?? LOCAL_URL, set === undefined ? undefined : 'CIBA_URL', { ...given, stack });
    return { ...local, context: LOCAL, ...(given.context !== undefined && { urlFrom: 'context' }) };
  }
  const region = given.region ?? context.region;
  const profile = given.profile ?? context.profile;
  const named = context.stack === undefined ? undefined : ({ name: context.stack, from: 'context' } as const);
  return { ...deploymentAt(context.url, 'context', { region, profile, stack: named }), context: name };
}

/** Returns the same deployment at the address that its stack says. */
export function atStack(deployment: Deployment, issuer: string, region: string): Deployment {
  const { origin, isLocal } = readOrigin(issuer, 'The output Issuer');
  return { ...deployment, origin, isLocal, region: deployment.region ?? region };
}

/** Says in one line which deployment this is. */
export function describeDeployment({ origin, urlFrom, context, stack, profile }: Deployment): string {
  const isKnown = urlFrom !== '--stack' || origin !== LOCAL_URL;
  if (!isKnown && stack) return `stack ${stack.name}`;
  const more = [
    context === undefined ? '' : `context ${context}`,
    stack === undefined ? '' : `stack ${stack.name}`,
    profile === undefined ? '' : `profile ${profile}`,
  ].filter((part) => part !== '');
  return more.length === 0 ? origin : `${origin} (${more.join(', ')})`;
}

function deploymentAt(
  typed: string,
  urlFrom: Deployment['urlFrom'],
  { region, profile, stack }: Pick<Naming, 'region' | 'profile'> & Pick<Deployment, 'stack'>,
): Deployment {
  const { origin, isLocal, hostname } = readOrigin(
    typed,
    urlFrom === 'context' ? 'The URL of the context' : (urlFrom ?? '--url'),
  );
  // A region in the host name counts before the environment's, because API Gateway refuses a signature for any other.
  const known = region ?? EXECUTE_API_HOST.exec(hostname)?.[1];
  return { origin, isLocal, region: known, urlFrom, stack, context: undefined, profile };
}

/** Reads a URL. Any URL except the local runtime's must be HTTPS, because answers carry secrets. */
export function readOrigin(typed: string, source: string): { origin: string; isLocal: boolean; hostname: string } {
  const url = URL.parse(typed);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new WrongUsage(`${source} must be a URL such as https://login.example.com`);
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw new WrongUsage(`${source} must consist of scheme and host only, such as https://login.example.com`);
  // Names below localhost and test are this machine's too: nobody else can have them (RFC 6761).
  const isLocal = /^(127\.\d+\.\d+\.\d+|\[::1\]|([\w-]+\.)*(localhost|test))$/.test(url.hostname);
  if (!isLocal && url.protocol !== 'https:')
    throw new WrongUsage(`${source} must begin with https://, because answers carry secrets`);
  return { origin: url.origin, isLocal, hostname: url.hostname };
}

import type { Command } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import type { Globals } from '../command-line/globals.ts';
import { outputOf, readStack } from './deployed-stack.ts';
import { atStack, type Deployment, LOCAL_URL, readDeployment } from './deployment.ts';
import { atLocalIssuer } from './local-issuer.ts';
import { trustAuthorities } from './trusted-authorities.ts';

/**
 * Finds the deployment of a command: by its names, and if the command needs the URL, also by the outputs of the stack,
 * or by what the local runtime says. From then on the authorities of `--ca` are trusted.
 */
export async function findDeployment({ needs = 'url' }: Pick<Command, 'needs'>, globals: Globals): Promise<Deployment> {
  if (needs === 'nothing') return readDeployment({ url: LOCAL_URL }, {});
  const named = readDeployment(globals, process.env);
  const found = needs === 'names' && named.stack !== undefined ? named : await findAddress(named);
  await trustAuthorities(found, globals.ca, process.env);
  return found;
}

async function findAddress(deployment: Deployment): Promise<Deployment> {
  if (deployment.urlFrom !== '--stack' || deployment.stack === undefined) return atLocalIssuer(deployment);
  const stack = await readStack(deployment.stack.name, deployment);
  return atStack(deployment, issuerOf(stack), stack.region);
}

/** Returns the URL of the provider behind a stack. */
export function issuerOf(stack: Parameters<typeof outputOf>[0] & { readonly name: string }): string {
  const issuer = outputOf(stack, 'Issuer');
  if (issuer !== undefined) return issuer;
  throw new Refused(
    `${stack.name} has no output Issuer: it is not the stack of a provider, or its deployment is not complete.`,
    'Check its name with npx cdk list.',
  );
}

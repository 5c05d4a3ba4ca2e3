import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/** The id under which this repository's own app has its only provider. Names of that one have no prefix. */
const ONLY = 'Provider';
/** The most characters of a name. AWS allows at least 128 for each name that begins with it, and less than 28 are appended. */
const MOST = 100;
const HASH = 8;
const NAME = 'serverless-ciba:name';
const PREFIX = 'serverless-ciba:prefix';

/**
 * Names a provider after its stack and its place in the stack, so that one stack can have several. Call it before
 * anything is made inside of the provider.
 */
export function nameDeployment(provider: Construct): void {
  const outermost = outermostStackOf(provider);
  const place = placeIn(outermost, provider);
  provider.node.setContext(PREFIX, placeIn(Stack.of(provider), provider));
  provider.node.setContext(NAME, shortened([outermost.stackName, place].filter((part) => part !== '').join('-')));
}

/**
 * Returns the stack that is in no other. CloudFormation chooses the name of a nested stack, and what is nested further
 * cannot refer to it.
 */
export function outermostStackOf(scope: IConstruct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? outermostStackOf(stack.nestedStackParent) : stack;
}

function placeIn(stack: Stack, { node }: IConstruct): string {
  const ids = node.scopes.slice(stack.node.scopes.length).map((one) => one.node.id);
  return ids.join('/') === ONLY ? '' : ids.join('').replaceAll(/[^A-Za-z0-9]/g, '');
}

/** Returns what names of AWS begin with that must differ between the providers of an account and a region. */
export function deploymentNameOf({ node }: IConstruct): string {
  return node.getContext(NAME);
}

/** Returns what the names of outputs begin with, which must differ between the providers of a stack. */
export function outputPrefixOf({ node }: IConstruct): string {
  return node.tryGetContext(PREFIX) ?? '';
}

/** Shortens a name, and keeps it different from others that begin alike. */
function shortened(name: string): string {
  if (Token.isUnresolved(name) || name.length <= MOST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH);
  return `${name.slice(0, MOST - HASH - 1)}-${hash}`;
}

import { Refused } from '../command-line/failure.ts';

/** The id of a provider whose outputs have no prefix, which is that of this project's own app. */
const ONLY = 'Provider';

/** A provider of a stack: what its names begin with, and its outputs by their plain names. */
export type ProviderOfStack = {
  /** What alarms, counts and log subscriptions of the provider begin with. */
  readonly deploymentName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Whether a resource of the stack is not one of another provider. */
  readonly has: (logicalId: string) => boolean;
};

/** Reads `STACK` or `STACK/PROVIDER`, where a stack has several providers. The stack may be its ARN, which has slashes. */
export function readStackName(typed: string): { readonly stack: string; readonly provider: string | undefined } {
  const parts = typed.split('/');
  const length = typed.startsWith('arn:') ? 3 : 1;
  return { stack: parts.slice(0, length).join('/'), provider: parts.slice(length).join('/') || undefined };
}

/** Finds the provider that is meant among the outputs of a stack. Those of each begin with its id. */
export function providerOf(
  stack: string,
  all: Readonly<Record<string, string>>,
  provider: string | undefined,
): ProviderOfStack {
  const prefixes = Object.keys(all)
    .flatMap((name) => /^(.*)Issuer$/.exec(name)?.[1] ?? [])
    .filter((prefix) => `${prefix}DirectoryTable` in all);
  const meant = provider === ONLY ? '' : provider?.replaceAll(/[^A-Za-z0-9]/g, '');
  const [first = '', ...others] = prefixes;
  if (meant !== undefined && !prefixes.includes(meant))
    throw new Refused(`The stack ${stack} has no provider ${provider}.`, `It has ${listOf(prefixes)}.`, 'not_found');
  if (meant === undefined && others.length > 0)
    throw new Refused(
      `The stack ${stack} has ${prefixes.length} providers: ${listOf(prefixes)}.`,
      `Say which, such as --stack ${stack}/${idOf(first)}.`,
    );
  const prefix = meant ?? first;
  const foreign = prefixes.filter((one) => one !== prefix && one !== '');
  const own = Object.entries(all).filter(
    ([name]) => name.startsWith(prefix) && !(prefix === '' && foreign.some((one) => name.startsWith(one))),
  );
  return {
    deploymentName: prefix === '' ? stack : `${stack}-${prefix}`,
    outputs: Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])),
    has: (logicalId) => (ownerOf(logicalId, prefixes.map(idOf)) ?? idOf(prefix)) === idOf(prefix),
  };
}

/** Returns the id of the provider whose resource it is: logical ids begin with the id. One id may begin like another. */
function ownerOf(logicalId: string, ids: readonly string[]): string | undefined {
  return ids.filter((id) => logicalId.startsWith(id)).toSorted((a, b) => b.length - a.length)[0];
}

function listOf(prefixes: readonly string[]): string {
  return prefixes.map(idOf).join(', ') || 'none';
}

function idOf(prefix: string): string {
  return prefix || ONLY;
}

import { allFunctions } from '../../infra/functions/deployed-functions.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { oneOf } from '../command-line/one-of.ts';
import { type DeployedStack, resourcesOf } from '../deployment/deployed-stack.ts';

/** A log group, and the function that writes it. */
export type FunctionLogGroup = { readonly function: string; readonly name: string };

/** The names of all functions. */
export const FUNCTION_NAMES = Object.keys(allFunctions);
/** The same, longest first, so that `endpoint-events` is found before `events`. */
const NAMES = FUNCTION_NAMES.toSorted((a, b) => b.length - a.length);
/** Functions that only run around a deployment. Nobody calls them. */
const AROUND_DEPLOYMENTS = [
  'first-keys',
  'synthetic-setup',
  'before-traffic',
  'platform-application',
  'origin-certificate',
];

/** Reads which log group is of which function, from the resources of the stack. */
export async function logGroupsOf(stack: DeployedStack): Promise<readonly FunctionLogGroup[]> {
  const resources = await resourcesOf(stack, 'AWS::Logs::LogGroup');
  const groups = resources.flatMap(({ logicalId, physicalId }) => {
    const name = functionOf(logicalId);
    return name === undefined ? [] : [{ function: name, name: physicalId }];
  });
  if (groups.length > 0) return groups;
  throw new Refused(`${stack.name} has no log group of a function.`, 'Check that it is the stack of a provider.');
}

/** Returns the function whose log group has this logical id: the CDK joins the words of the path without their dashes. */
export function functionOf(logicalId: string): string | undefined {
  return NAMES.find((name) => new RegExp(`${name.replaceAll('-', '')}Logs[0-9A-F]{8}$`).test(logicalId));
}

/** Returns the groups of the wanted functions, or of all that take part in calls. */
export function groupsFor(groups: readonly FunctionLogGroup[], wanted: readonly string[]): readonly FunctionLogGroup[] {
  if (wanted.length === 0) return groups.filter((group) => !AROUND_DEPLOYMENTS.includes(group.function));
  const found = groups.filter((group) => wanted.includes(group.function));
  if (found.length > 0) return found;
  throw new Refused(`This stack has no function ${wanted.join(', ')}.`, 'Its settings leave it out.', 'not_found');
}

/** Reads names of functions, as typed. Throws if there is no such function. */
export function readFunctions(typed: readonly string[] = []): readonly string[] {
  return typed.flatMap((words) => words.split(',')).map((word) => readFunction(word.trim()));
}

function readFunction(word: string): string {
  if (word === '') throw new WrongUsage('--function must name a function, such as token');
  return oneOf('--function', word, FUNCTION_NAMES);
}

import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { addConcurrencyAlarm, addFaultAlarm, addThrottleAlarms } from '../observability/alarms/functions.ts';
import { addFunctionOutput } from '../outputs.ts';
import { CanaryDeployments } from './canary.ts';
import { type FunctionName, forEachFunction, functions } from './deployed-functions.ts';
import { type environmentFrom, environmentOf } from './environment.ts';
import { ProviderFunction } from './provider-function.ts';
import { ENDPOINT_WILDCARD_REASON, statementsFor } from './role-statements.ts';

/** The deployed functions of the provider, by name. */
export type ProviderFunctions = Readonly<Record<FunctionName, ProviderFunction>>;

type ProviderFunctionsProps = Pick<Deployment, 'settings' | 'grantable' | 'deadLetters' | 'alarms'> & {
  /** The value of each variable. */
  readonly values: ReturnType<typeof environmentFrom>;
};

/** Makes each function of the provider, with its alarms, its canary and its output. */
export function makeProviderFunctions(
  scope: Construct,
  props: ProviderFunctionsProps,
): { readonly functions: ProviderFunctions; readonly canary: CanaryDeployments | undefined } {
  const made = forEachFunction((name) => makeFunction(scope, name, props));
  const all = Object.values(made);
  addThrottleAlarms(props.alarms, all);
  addConcurrencyAlarm(props.alarms, props.settings.alarms?.concurrentExecutions);
  const canary = rollOut(scope, all, props);
  for (const one of all) addFunctionOutput(scope, one);
  return { functions: made, canary };
}

function makeFunction(scope: Construct, name: FunctionName, props: ProviderFunctionsProps): ProviderFunction {
  const { settings, grantable, deadLetters, values } = props;
  const spec = functions[name];
  return new ProviderFunction(scope, {
    name,
    spec,
    settings,
    environment: environmentOf(spec, values),
    statements: statementsFor(spec, grantable),
    wildcardReason: ENDPOINT_WILDCARD_REASON,
    reservedConcurrency: settings.reservedConcurrency?.[name],
    memoryMegabytes: settings.memoryMegabytes?.[name],
    // The schedule calls this function asynchronously.
    ...(name === 'signing-keys' && { deadLetterQueue: deadLetters }),
  });
}

/** Adds an alarm on the failures of each function, and the canaries that it rolls back. */
function rollOut(
  scope: Construct,
  functions: readonly ProviderFunction[],
  { settings, alarms }: ProviderFunctionsProps,
): CanaryDeployments | undefined {
  // The schedule calls signing-keys too rarely for three failures in a minute or for a canary with a tenth of the
  // calls.
  const busy = functions.filter(({ name }) => name !== 'signing-keys');
  const watched = busy.map((target) => ({ target, alarms: [addFaultAlarm(alarms, target)] }));
  if (settings.deployment === 'allAtOnce') return undefined;
  return new CanaryDeployments(scope, 'Canary', { functions: watched });
}

import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { addFaultAlarm, addThrottleAlarm } from '../observability/alarms/functions.ts';
import { addFunctionOutput } from '../outputs.ts';
import { CanaryDeployments } from './canary.ts';
import { type FunctionName, forEachFunction, functions } from './deployed-functions.ts';
import { type environmentFrom, environmentOf } from './environment.ts';
import { ProviderFunction } from './provider-function.ts';
import { OPEN_ENDPOINTS, statementsFor } from './role-statements.ts';

/** The functions that make the provider, as they are deployed. */
export type ProviderFunctions = Readonly<Record<FunctionName, ProviderFunction>>;

type ProviderFunctionsProps = Pick<Deployment, 'settings' | 'grantable' | 'deadLetters' | 'alarms'> & {
  /** The value of each variable. */
  readonly values: ReturnType<typeof environmentFrom>;
};

/** Makes each function of the table, with its alarms, its canary and its output. */
export function makeProviderFunctions(scope: Construct, props: ProviderFunctionsProps): ProviderFunctions {
  const made = forEachFunction((name) => makeFunction(scope, name, props));
  const all = Object.values(made);
  addThrottleAlarm(props.alarms, all);
  rollOut(scope, all, props);
  for (const one of all) addFunctionOutput(scope, one);
  return made;
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
    openArns: OPEN_ENDPOINTS,
    reservedConcurrency: settings.reservedConcurrency?.[name],
    // Nobody waits for the one that the schedule calls.
    ...(name === 'signing-keys' && { deadLetterQueue: deadLetters }),
  });
}

/** An alarm on the failures of each function, which rolls a canary back. */
function rollOut(
  scope: Construct,
  functions: readonly ProviderFunction[],
  { settings, alarms }: ProviderFunctionsProps,
): void {
  // The schedule calls that one too seldom for three failures in a minute, or for a tenth of its calls, to tell anything.
  const busy = functions.filter(({ name }) => name !== 'signing-keys');
  const watched = busy.map((target) => ({ target, alarms: [addFaultAlarm(alarms, target)] }));
  if (settings.deployment !== 'allAtOnce') new CanaryDeployments(scope, 'Canary', { functions: watched });
}

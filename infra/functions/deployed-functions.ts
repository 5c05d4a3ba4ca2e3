import { spec as admin } from '../../lambdas/admin/function.ts';
import { spec as backchannelAuthentication } from '../../lambdas/backchannel-authentication/function.ts';
import { spec as clientNotification } from '../../lambdas/client-notification/function.ts';
import { spec as device } from '../../lambdas/device/function.ts';
import { spec as endpointEvents } from '../../lambdas/endpoint-events/function.ts';
import { spec as firstKeys } from '../../lambdas/first-keys/function.ts';
import { spec as platformApplication } from '../../lambdas/platform-application/function.ts';
import { spec as providerMetadata } from '../../lambdas/provider-metadata/function.ts';
import { spec as signingKeys } from '../../lambdas/signing-keys/function.ts';
import { spec as syntheticLogin } from '../../lambdas/synthetic-login/function.ts';
import { spec as syntheticSetup } from '../../lambdas/synthetic-setup/function.ts';
import { spec as token } from '../../lambdas/token/function.ts';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';

// Every deployed function, by the name of its folder in `lambdas/`. What it is and may do stands in its `function.ts`.

/** The functions that make the provider: the stack deploys them, the local gateway runs them. */
export const functions = {
  'backchannel-authentication': backchannelAuthentication,
  token,
  'provider-metadata': providerMetadata,
  device,
  'client-notification': clientNotification,
  admin,
  'signing-keys': signingKeys,
} as const satisfies Record<string, FunctionSpec>;

/** The name of a function of the provider. */
export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as FunctionName[];

/** One value for each function of the provider. */
export function forEachFunction<Value>(make: (name: FunctionName) => Value): Readonly<Record<FunctionName, Value>> {
  return Object.fromEntries(functionNames.map((name) => [name, make(name)])) as Record<FunctionName, Value>;
}

/**
 * Functions that nobody calls over HTTP and that the provider would run without: they exist in an account only. What
 * they may do beside the tables is granted where they are made.
 */
export const deploymentFunctions = {
  'endpoint-events': endpointEvents,
  'platform-application': platformApplication,
  'first-keys': firstKeys,
  'synthetic-setup': syntheticSetup,
  'synthetic-login': syntheticLogin,
} as const satisfies Record<string, FunctionSpec>;

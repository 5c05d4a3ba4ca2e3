import { spec as admin } from '../../lambdas/admin/function.ts';
import { spec as backchannelAuthentication } from '../../lambdas/backchannel-authentication/function.ts';
import { spec as beforeTraffic } from '../../lambdas/before-traffic/function.ts';
import { spec as clientNotification } from '../../lambdas/client-notification/function.ts';
import { spec as device } from '../../lambdas/device/function.ts';
import { spec as endpointEvents } from '../../lambdas/endpoint-events/function.ts';
import { spec as events } from '../../lambdas/events/function.ts';
import { spec as firstKeys } from '../../lambdas/first-keys/function.ts';
import { spec as originCertificate } from '../../lambdas/origin-certificate/function.ts';
import { spec as platformApplication } from '../../lambdas/platform-application/function.ts';
import { spec as providerMetadata } from '../../lambdas/provider-metadata/function.ts';
import { spec as signingKeys } from '../../lambdas/signing-keys/function.ts';
import { spec as syntheticLogin } from '../../lambdas/synthetic-login/function.ts';
import { spec as syntheticSetup } from '../../lambdas/synthetic-setup/function.ts';
import { spec as token } from '../../lambdas/token/function.ts';
import { spec as tokenRevocation } from '../../lambdas/token-revocation/function.ts';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';

// The lists of deployed functions, by the names of their folders in `lambdas/`. Each folder's `function.ts` says what
// the function is and what it may do.

/** The functions of the provider, which the stack deploys and the local gateway runs. */
export const functions = {
  'backchannel-authentication': backchannelAuthentication,
  token,
  'token-revocation': tokenRevocation,
  'provider-metadata': providerMetadata,
  device,
  'client-notification': clientNotification,
  admin,
  'signing-keys': signingKeys,
} as const satisfies Record<string, FunctionSpec>;

/** The functions of the provider that exist only if the settings ask for them. The local runtime can run them, too. */
export const optionalFunctions = { events } as const satisfies Record<string, FunctionSpec>;

/** The name of a function of the provider. */
export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as FunctionName[];

/** Makes one value for each function of the provider. */
export function forEachFunction<Value>(make: (name: FunctionName) => Value): Readonly<Record<FunctionName, Value>> {
  return Object.fromEntries(functionNames.map((name) => [name, make(name)])) as Record<FunctionName, Value>;
}

/**
 * Functions that are not called over HTTP and that the provider could run without. They exist in AWS only. Permissions
 * other than those on DynamoDB tables are granted where they are made.
 */
export const deploymentFunctions = {
  'endpoint-events': endpointEvents,
  'platform-application': platformApplication,
  'first-keys': firstKeys,
  'origin-certificate': originCertificate,
  'synthetic-setup': syntheticSetup,
  'synthetic-login': syntheticLogin,
  'before-traffic': beforeTraffic,
} as const satisfies Record<string, FunctionSpec>;

/** All functions. */
export const allFunctions = { ...functions, ...optionalFunctions, ...deploymentFunctions };

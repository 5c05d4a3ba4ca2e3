import type { Device, DeviceKey } from '../device/device.ts';
import type { AcrRule } from './acr-rule.ts';

/** How an approval was verified: the methods (RFC 8176), and which key of the device signed it. */
export type Verification = { readonly amr: readonly string[]; readonly signedBy: DeviceKey };

/**
 * Returns the authentication context class that an approval reached: that of the first rule that fits. The rules are
 * the provider's own policy, whose strongest rule comes first, or those of the classes that the client asked for, in
 * its order. The class never follows from what a client asked for or a phone claimed alone. Undefined when no rule
 * fits: the tokens then carry no `acr`.
 */
export function acrReached({ amr, signedBy }: Verification, rules: readonly AcrRule[]): string | undefined {
  return rules.find(
    ({ anyOf, needsVerificationKey }) =>
      anyOf.some((method) => amr.includes(method)) && (!needsVerificationKey || signedBy === 'verification'),
  )?.acr;
}

/**
 * Returns the rules of the classes that a client asked for, in its order of preference (CIBA §7.1). Classes that the
 * policy does not know are ignored: `acr_values` asks for a voluntary claim (OIDC Core §5.5.1.1). Undefined if none is
 * known: the request then goes on like one that asked for none.
 */
export function askedClasses(acrValues: readonly string[], policy: readonly AcrRule[]): readonly AcrRule[] | undefined {
  const rules = acrValues.flatMap((value) => policy.filter(({ acr }) => acr === value));
  return rules.length === 0 ? undefined : rules;
}

/**
 * Returns the devices that could approve a request for these classes: all of them if there are none. A device without a
 * verification key never reaches a class that needs one.
 */
export function devicesThatReach(
  devices: readonly Device[],
  classes: readonly AcrRule[] | undefined,
): readonly Device[] {
  if (!classes) return devices;
  return devices.filter(({ proof }) =>
    classes.some(
      ({ anyOf, needsVerificationKey }) => anyOf.length > 0 && (!needsVerificationKey || proof.verificationKey),
    ),
  );
}

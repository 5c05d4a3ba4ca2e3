/** One rule of the operator's policy: any of the methods `anyOf` reaches the class `acr`. */
export type AcrRule = { readonly acr: string; readonly anyOf: readonly string[] };

/**
 * Returns the authentication context class that an approval reached. It follows from the provider's own policy, whose
 * strongest rule comes first, and never from what a client asked for or a phone claimed. Undefined when no rule fits:
 * the tokens then carry no `acr`.
 */
export function acrReached(amr: readonly string[], policy: readonly AcrRule[]): string | undefined {
  return policy.find((rule) => rule.anyOf.some((method) => amr.includes(method)))?.acr;
}

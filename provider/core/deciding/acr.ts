/** One line of the operator's policy: any of these methods reaches this class. */
export type AcrRule = { readonly acr: string; readonly anyOf: readonly string[] };

/**
 * The authentication context class that an approval reached, by the provider's own policy (strongest rule first), never
 * by what a client asked or a phone claimed. Undefined where no rule fits: then the tokens carry no `acr`.
 */
export function acrReached(amr: readonly string[], policy: readonly AcrRule[]): string | undefined {
  return policy.find((rule) => rule.anyOf.some((method) => amr.includes(method)))?.acr;
}

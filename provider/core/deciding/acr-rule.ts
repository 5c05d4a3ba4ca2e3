/** One rule of the operator's policy: any of the methods `anyOf` reaches the class `acr`. */
export type AcrRule = {
  readonly acr: string;
  readonly anyOf: readonly string[];
  /** True if an answer reaches the class only when the verification key of the device signed it. */
  readonly needsVerificationKey?: boolean | undefined;
};

/** `T` with every member written out, even if its value is undefined. A missing member does not compile. */
export type Whole<T> = { readonly [Member in keyof T]-?: T[Member] };

/**
 * The rest of a record after all its members were destructured. A member that was not destructured does not compile.
 */
export type Nothing = Readonly<Record<string, never>>;
/**
 * The rest of a record after some members were destructured, if `As` has each of them. A member that `As` does not have
 * does not compile.
 */
export type Told<Rest, As> = [Exclude<NamesIn<Rest>, keyof As>] extends [never] ? Rest : never;
/** The names of the members of each alternative. */
type NamesIn<T> = T extends unknown ? keyof T : never;

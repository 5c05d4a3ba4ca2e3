/** `T` with every member written out, even if its value is undefined. A missing member does not compile. */
export type Whole<T> = { readonly [Member in keyof T]-?: T[Member] };

/**
 * The rest of a record after all its members were destructured. A member that was not destructured does not compile.
 */
export type Nothing = Readonly<Record<string, never>>;

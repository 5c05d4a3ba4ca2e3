/** `T` with every member spelled, be it as undefined. A member that is forgotten does not compile. */
export type Whole<T> = { readonly [Member in keyof T]-?: T[Member] };

/** What is left of a record that was taken apart to the end. A member that was not taken does not compile. */
export type Nothing = Readonly<Record<string, never>>;

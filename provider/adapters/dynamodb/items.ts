// What a table holds, and what is written to it.

/** A stored item as plain values. */
export type Item = Readonly<Record<string, unknown>>;
/** The key of an item. `Form` is the type of what is stored there; it exists only at compile time. */
export type Key<Form = Item> = { readonly pk: string; readonly sk: string; readonly [form]?: Form };
declare const form: unique symbol;
/** An item as it is read: its form and its key. */
export type Stored<Form> = Form & { readonly pk: string; readonly sk: string };
/** The condition of a write, with `#attribute` names and `:value` placeholders. */
export type Guard = { readonly condition: string; readonly values?: Readonly<Record<string, unknown>> | undefined };
/**
 * The outcome of a conditional write. If it was written, `item` is the item after a put or update, or the item that a
 * delete removed. If the guard did not hold, `item` is the item as it is stored now. Undefined means that there is no
 * item. `isUnclear`: the guard did not hold for a repetition of the SDK. The write may have been made before, and others
 * have written since.
 */
export type Written<Form = Item> = {
  readonly written: boolean;
  readonly item: Stored<Form> | undefined;
  readonly isUnclear?: boolean;
};
/**
 * Marks a write as made by this invocation. If the SDK repeats a write after a lost answer, the guard does not hold the
 * second time, so a counter is not counted twice. The stored nonce then shows that this invocation made the write, and
 * it counts as a success.
 */
export type Nonce = { readonly attribute: string; readonly value: string };
/** An update of one item, and its guard. */
export type Change<Form = Item> = {
  readonly key: Key<Form>;
  readonly set?: { readonly [Attribute in keyof Form]?: Form[Attribute] | undefined } | undefined;
  /** Assignments that compute, for example `#interval = #interval + :step`. */
  readonly compute?: readonly string[] | undefined;
  readonly add?: Readonly<Record<string, unknown>> | undefined;
  readonly deleteFromSet?: Readonly<Record<string, unknown>> | undefined;
  /** Attributes to remove, or entries of lists. */
  readonly remove?: readonly ((keyof Form & string) | `${keyof Form & string}[${number}]`)[] | undefined;
  readonly guard?: Guard | undefined;
  readonly nonce?: Nonce | undefined;
};

import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** Most keys in one BatchGetItem. */
const BATCH_LIMIT = 100;

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
 * item.
 */
export type Written<Form = Item> = { readonly written: boolean; readonly item: Stored<Form> | undefined };
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
  /** Attributes to remove. */
  readonly remove?: readonly (keyof Form & string)[] | undefined;
  readonly guard?: Guard | undefined;
  readonly nonce?: Nonce | undefined;
};

/**
 * One DynamoDB table, with the operations that the adapters need: consistent reads, and writes whose condition contains
 * the whole guard. A guard that does not hold is a result and returns the stored item in the same round trip. An outage
 * throws.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get<Form>(key: Key<Form>, options: { eventually?: boolean } = {}): Promise<Stored<Form> | undefined> {
    const command = new GetItemCommand({
      TableName: this.#name,
      Key: marshall(key),
      ConsistentRead: !options.eventually,
    });
    const { Item } = await this.#client.send(command);
    return Item && read<Form>(Item);
  }

  /** Returns the items of one partition from all pages; with a prefix, those of one form. */
  async query<Form = Item>(
    pk: string,
    options: { skPrefix?: string; eventually?: boolean } = {},
  ): Promise<readonly Stored<Form>[]> {
    const items: Stored<Form>[] = [];
    let start: Item | undefined;
    do {
      const page = await this.#queryPage<Form>(pk, options, start);
      items.push(...page.items);
      start = page.last;
    } while (start);
    return items;
  }

  /** Returns one page of a partition, starting after a sort key. */
  async page(pk: string, options: { after?: string | undefined; limit: number }): Promise<readonly Stored<Item>[]> {
    const start = options.after === undefined ? undefined : { pk, sk: options.after };
    return (await this.#queryPage<Item>(pk, { limit: options.limit }, start)).items;
  }

  async #queryPage<Form>(
    pk: string,
    options: { skPrefix?: string; limit?: number; eventually?: boolean },
    start: Item | undefined,
  ) {
    const byPrefix = options.skPrefix !== undefined;
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        KeyConditionExpression: byPrefix ? 'pk = :pk AND begins_with(sk, :sk)' : 'pk = :pk',
        ExpressionAttributeValues: marshall(byPrefix ? { ':pk': pk, ':sk': options.skPrefix } : { ':pk': pk }),
        ConsistentRead: !options.eventually,
        ...(options.limit !== undefined && { Limit: options.limit }),
        ...(start && { ExclusiveStartKey: marshall(start) }),
      }),
    );
    return { items: Items.map((item) => read<Form>(item)), last: LastEvaluatedKey && unmarshall(LastEvaluatedKey) };
  }

  /** Returns items by key, in no particular order. DynamoDB accepts 100 keys at a time. */
  async batchGet<Form>(keys: readonly Key<Form>[]): Promise<readonly Stored<Form>[]> {
    const items: Stored<Form>[] = [];
    let wanted: Record<string, AttributeValue>[] = keys.map((key) => marshall(key));
    while (wanted.length > 0) {
      const later = wanted.splice(BATCH_LIMIT);
      const command = new BatchGetItemCommand({
        RequestItems: { [this.#name]: { Keys: wanted, ConsistentRead: true } },
      });
      const page: BatchGetItemCommandOutput = await this.#client.send(command);
      items.push(...(page.Responses?.[this.#name] ?? []).map((item) => read<Form>(item)));
      wanted = [...(page.UnprocessedKeys?.[this.#name]?.Keys ?? []), ...later];
    }
    return items;
  }

  async put<Form>(item: Key<Form> & Form, options: { guard?: Guard; nonce?: Nonce } = {}): Promise<Written<Form>> {
    const { guard, nonce } = options;
    const stored = nonce ? { ...item, [nonce.attribute]: nonce.value } : item;
    const command = new PutItemCommand({
      TableName: this.#name,
      Item: marshall(stored, { removeUndefinedValues: true }),
      ...guardInput(withNonce(guard, nonce)),
    });
    return runGuarded<Form>(nonce, async () => {
      await this.#client.send(command);
      return stored;
    });
  }

  async update<Form>(change: Change<Form>): Promise<Written<Form>> {
    const { expression, values } = updateExpression(change);
    const guarded = guardInput(withNonce(change.guard, change.nonce), expression, values);
    const command = new UpdateItemCommand({
      TableName: this.#name,
      Key: marshall(change.key),
      UpdateExpression: expression,
      ReturnValues: 'ALL_NEW',
      ...guarded,
    });
    return runGuarded<Form>(change.nonce, async () => {
      const { Attributes } = await this.#client.send(command);
      return Attributes && read<Form>(Attributes);
    });
  }

  async delete<Form>(key: Key<Form>, options: { guard?: Guard } = {}): Promise<Written<Form>> {
    const command = new DeleteItemCommand({
      TableName: this.#name,
      Key: marshall(key),
      ReturnValues: 'ALL_OLD',
      ...guardInput(options.guard),
    });
    return runGuarded<Form>(undefined, async () => {
      const { Attributes } = await this.#client.send(command);
      return Attributes && read<Form>(Attributes);
    });
  }
}

/** Returns the item in plain values. The code that wrote it under this key ensures that it has the form of the key. */
function read<Form>(item: Record<string, AttributeValue>): Stored<Form> {
  return unmarshall(item) as Stored<Form>;
}

/** Runs a write. A guard that did not hold is a result. A write that this invocation made before counts as written. */
async function runGuarded<Form>(
  nonce: Nonce | undefined,
  write: () => Promise<Stored<Form> | undefined>,
): Promise<Written<Form>> {
  try {
    return { written: true, item: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const old = error.Item && unmarshall(error.Item);
    const isOwn = nonce !== undefined && old?.[nonce.attribute] === nonce.value;
    return { written: isOwn, item: error.Item && read<Form>(error.Item) };
  }
}

function updateExpression<Form>(change: Change<Form>): { expression: string; values: Record<string, unknown> } {
  const values: Record<string, unknown> = {};
  const clause = (attributes: Readonly<Record<string, unknown>> | undefined, glue: string): string[] =>
    Object.entries(attributes ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        values[`:${name}`] = value;
        return `#${name}${glue}:${name}`;
      });
  const { nonce } = change;
  const set = [
    ...clause({ ...change.set, ...(nonce && { [nonce.attribute]: nonce.value }) }, ' = '),
    ...(change.compute ?? []),
  ];
  const add = clause(change.add, ' ');
  const deleteFromSet = clause(change.deleteFromSet, ' ');
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(add.length > 0 ? [`ADD ${add.join(', ')}`] : []),
    ...(deleteFromSet.length > 0 ? [`DELETE ${deleteFromSet.join(', ')}`] : []),
    ...(change.remove ? [`REMOVE ${change.remove.map((name) => `#${name}`).join(', ')}`] : []),
  ];
  return { expression: clauses.join(' '), values };
}

/** Adds the condition that this write was not made before. */
function withNonce(guard: Guard | undefined, nonce: Nonce | undefined): Guard | undefined {
  if (!nonce) return guard;
  const isOther = `(attribute_not_exists(#${nonce.attribute}) OR #${nonce.attribute} <> :written_before)`;
  return {
    condition: guard ? `(${guard.condition}) AND ${isOther}` : isOther,
    values: { ...guard?.values, written_before: nonce.value },
  };
}

/** Returns the condition with its names and values. Each `#name` in an expression stands for that attribute. */
function guardInput(guard: Guard | undefined, expression = '', values: Readonly<Record<string, unknown>> = {}) {
  const names = new Set(
    [...`${expression} ${guard?.condition ?? ''}`.matchAll(/#([A-Za-z0-9_]+)/g)].map(([, name]) => name ?? ''),
  );
  const all = {
    ...values,
    ...Object.fromEntries(Object.entries(guard?.values ?? {}).map(([name, value]) => [`:${name}`, value])),
  };
  return {
    ...(guard && { ConditionExpression: guard.condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    }),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: marshall(all, { removeUndefinedValues: true }) }),
  };
}

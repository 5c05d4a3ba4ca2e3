import {
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
import { type Attributes, marshall, unmarshall } from './attributes.ts';
import { guardInput, updateExpression, withNonce } from './expressions.ts';
import type { Change, Guard, Item, Key, Nonce, Stored, Written } from './items.ts';

/** Most keys in one BatchGetItem. */
const BATCH_LIMIT = 100;
/** How often keys that DynamoDB left unprocessed are asked for. It leaves keys when it throttles a partition. */
const BATCH_ROUNDS = 4;
const BATCH_PAUSE_MILLISECONDS = 50;

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

  /** Returns one page of a partition, starting after a sort key; with a prefix, which `after` must have too. */
  async page(
    pk: string,
    { after, ...options }: { after?: string | undefined; limit: number; skPrefix?: string },
  ): Promise<readonly Stored<Item>[]> {
    return (await this.#queryPage<Item>(pk, options, after === undefined ? undefined : { pk, sk: after })).items;
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
    for (let start = 0; start < keys.length; start += BATCH_LIMIT) {
      const [read] = await readTogether(this.#client, { [this.#name]: keys.slice(start, start + BATCH_LIMIT) });
      items.push(...(read as readonly Stored<Form>[]));
    }
    return items;
  }

  /** Returns items of this table and of another one from one call, each in no particular order. */
  async batchGetWith<Own, Others>(
    keys: readonly Key<Own>[],
    other: { readonly table: Table; readonly keys: readonly Key<Others>[] },
  ): Promise<readonly [readonly Stored<Own>[], readonly Stored<Others>[]]> {
    const [own, others] = await readTogether(this.#client, { [this.#name]: keys, [other.table.#name]: other.keys });
    return [own as readonly Stored<Own>[], others as readonly Stored<Others>[]];
  }

  async put<Form>(item: Key<Form> & Form, options: { guard?: Guard; nonce?: Nonce } = {}): Promise<Written<Form>> {
    const { guard, nonce } = options;
    const stored = nonce ? { ...item, [nonce.attribute]: nonce.value } : item;
    const command = new PutItemCommand({
      TableName: this.#name,
      Item: marshall(stored),
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

/**
 * Reads at most 100 keys of one or several tables. The items are grouped by table. Keys that are left unprocessed are
 * asked for again, after a pause that grows.
 */
async function readTogether(
  client: DynamoDBClient,
  keys: Readonly<Record<string, readonly Key<unknown>[]>>,
): Promise<readonly (readonly Stored<Item>[])[]> {
  const found = new Map<string, Stored<Item>[]>(Object.keys(keys).map((table) => [table, []]));
  let wanted: BatchGetItemCommandOutput['UnprocessedKeys'] = Object.fromEntries(
    Object.entries(keys).map(([table, those]) => [
      table,
      { Keys: those.map((key) => marshall(key)), ConsistentRead: true },
    ]),
  );
  for (let round = 1; Object.values(wanted ?? {}).some(({ Keys = [] }) => Keys.length > 0); round += 1) {
    if (round > BATCH_ROUNDS) throw new Error('DynamoDB leaves keys of a batch unprocessed');
    if (round > 1) await pause(BATCH_PAUSE_MILLISECONDS * 2 ** round * Math.random());
    const page: BatchGetItemCommandOutput = await client.send(new BatchGetItemCommand({ RequestItems: wanted }));
    for (const [table, items] of Object.entries(page.Responses ?? {}))
      found.get(table)?.push(...items.map((item) => read<Item>(item)));
    wanted = page.UnprocessedKeys;
  }
  return [...found.values()];
}

/** Returns the item in plain values. The code that wrote it under this key ensures that it has the form of the key. */
function read<Form>(item: Attributes): Stored<Form> {
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
    const isUnclear = !isOwn && (error.$metadata.attempts ?? 1) > 1;
    return { written: isOwn, item: error.Item && read<Form>(error.Item), ...(isUnclear && { isUnclear }) };
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../../provider/adapters/dynamodb/attributes.ts';
import { parseCondition } from './condition.ts';
import { parseUpdate } from './update.ts';

/** A condition did not hold. `item` is what is stored. */
export class ConditionFailed extends Error {
  readonly item: Attributes | undefined;

  constructor(item: Attributes | undefined) {
    super('The conditional request failed');
    this.item = item;
  }
}

/** The conditional part of a write. */
type Guarded = Pick<
  UpdateItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;
type Place = { readonly table: string; readonly key: string; readonly item: Attributes | undefined };
/** Told of each write: the item before and after it. */
type Watcher = (write: {
  readonly table: string;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}) => void;

/**
 * DynamoDB in memory, as far as the functions use it: strongly consistent reads, and writes that take place one after
 * the other. It evaluates the expressions of a write, so an adapter meets the conditions that it wrote. What it does not
 * know is an error. The contract suite holds it to the other engines (`test/contract/`).
 */
export class MemoryDynamoDB {
  readonly #tables = new Map<string, Map<string, Attributes>>();
  watcher: Watcher | undefined;

  get(input: Pick<GetItemCommandInput, 'TableName' | 'Key'>): { Item?: Attributes } {
    const { item } = this.#place(input.TableName, input.Key);
    return item ? { Item: item } : {};
  }

  batchGet({ RequestItems = {} }: Pick<BatchGetItemCommandInput, 'RequestItems'>) {
    const found = Object.entries(RequestItems).map(([table, { Keys = [] }]) => [
      table,
      Keys.map((key) => this.#place(table, key).item).filter((item) => item !== undefined),
    ]);
    const answer: Pick<BatchGetItemCommandOutput, 'Responses'> = { Responses: Object.fromEntries(found) };
    return answer;
  }

  query({ TableName, KeyConditionExpression = '', ...input }: Omit<QueryCommandInput, 'ReturnValues'>) {
    const { ':pk': pk, ':sk': prefix } = input.ExpressionAttributeValues ?? {};
    if (!/^pk = :pk(?: AND begins_with\(sk, :sk\))?$/.test(KeyConditionExpression))
      throw new Error(`an unknown key condition: ${KeyConditionExpression}`);
    const from = input.ExclusiveStartKey?.['sk']?.S;
    const found = [...this.#table(TableName).values()]
      .filter((item) => item['pk']?.S === pk?.S && sortKey(item).startsWith(prefix?.S ?? ''))
      .sort((one, other) => Buffer.compare(Buffer.from(sortKey(one)), Buffer.from(sortKey(other))))
      .filter((item) => from === undefined || sortKey(item) > from);
    const page = found.slice(0, input.Limit ?? found.length);
    const last = page.length < found.length ? page.at(-1) : undefined;
    const answer: Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'> = {
      Items: page,
      ...(last?.['pk'] && last['sk'] && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }),
    };
    return answer;
  }

  put(input: Pick<PutItemCommandInput, 'TableName' | 'Item'> & Guarded): object {
    const place = this.#place(input.TableName, input.Item);
    check(input, place);
    this.#write(place, input.Item);
    return {};
  }

  update(input: Pick<UpdateItemCommandInput, 'TableName' | 'Key' | 'UpdateExpression'> & Guarded) {
    const place = this.#place(input.TableName, input.Key);
    check(input, place);
    const update = parseUpdate(input.UpdateExpression ?? '');
    const after = update(scopeOf(input, place.item ?? { ...input.Key }));
    this.#write(place, after);
    return { Attributes: after };
  }

  delete(input: Pick<DeleteItemCommandInput, 'TableName' | 'Key'> & Guarded): { Attributes?: Attributes } {
    const place = this.#place(input.TableName, input.Key);
    check(input, place);
    this.#write(place, undefined);
    return place.item ? { Attributes: place.item } : {};
  }

  /** The items of a table whose partition key begins like this. */
  itemsOf(table: string, prefix: string): readonly Attributes[] {
    return [...this.#table(table).values()].filter((item) => item['pk']?.S?.startsWith(prefix));
  }

  #write({ table, key, item: before }: Place, after: Attributes | undefined): void {
    if (after) this.#table(table).set(key, after);
    else this.#table(table).delete(key);
    this.watcher?.({ table, before, after });
  }

  #place(table = '', key: Attributes | undefined): Place {
    const name = `${key?.['pk']?.S}\0${key?.['sk']?.S}`;
    return { table, key: name, item: this.#table(table).get(name) };
  }

  #table(name = ''): Map<string, Attributes> {
    const known = this.#tables.get(name);
    if (known) return known;
    const made = new Map<string, Attributes>();
    this.#tables.set(name, made);
    return made;
  }
}

function check(input: Guarded, { item }: Place): void {
  if (input.ConditionExpression === undefined) return;
  const condition = parseCondition(input.ConditionExpression);
  if (!condition(scopeOf(input, item ?? {}))) throw new ConditionFailed(item);
}

function scopeOf({ ExpressionAttributeNames, ExpressionAttributeValues }: Guarded, item: Attributes) {
  return { item, names: ExpressionAttributeNames ?? {}, values: ExpressionAttributeValues ?? {} };
}

const sortKey = (item: Attributes): string => item['sk']?.S ?? '';

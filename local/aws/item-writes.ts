import * as v from 'valibot';
import type { AwsCall } from './server.ts';

const itemKey = v.object({ pk: v.optional(v.unknown()), sk: v.optional(v.unknown()) });

/** Whether a call of DynamoDB writes one item. */
export const isWrite = (action: string): boolean => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(action);

/** Returns the key of the item that a call writes. */
export function keyOf({ action, input }: AwsCall): unknown {
  return action === 'PutItem' ? v.parse(itemKey, input['Item']) : input['Key'];
}

/** Returns a name of the item that a call writes. */
export const lockOf = (call: AwsCall): string => JSON.stringify([call.input['TableName'], keyOf(call)]);

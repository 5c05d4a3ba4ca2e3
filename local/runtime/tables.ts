import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { type TableRole, tables } from '../../provider/core/operating/function-spec.ts';

/** The names of the DynamoDB tables on this machine. */
export const tableNames: Readonly<Record<TableRole, string>> = { directory: 'Directory', transactions: 'Transactions' };

/** Creates both DynamoDB tables, as the stack does. A folder from an earlier run already has them. */
export async function createTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'setup', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  // TypeScript types the result of `Object.keys` as strings, whatever the record.
  for (const role of Object.keys(tables) as TableRole[]) {
    const { partitionKey, sortKey, ttlAttribute } = tables[role];
    const TableName = tableNames[role];
    await client
      .send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: sortKey, KeyType: 'RANGE' },
          ],
        }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof ResourceInUseException)) throw error;
      });
    if (ttlAttribute === undefined) continue;
    const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification })).catch((error: unknown) => {
      // DynamoDB refuses to enable TTL a second time.
      if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    });
  }
  client.destroy();
}

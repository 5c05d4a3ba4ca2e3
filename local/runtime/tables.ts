import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { type TableRole, tables } from '../../provider/core/operating/function-spec.ts';

/** Names of the tables on this machine. */
export const tableNames: Readonly<Record<TableRole, string>> = { directory: 'Directory', transactions: 'Transactions' };

/** Creates both tables as the stack would. A folder from an earlier run has them already. */
export async function createTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'setup', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  // The names of a record's members are strings to TypeScript, whatever the record.
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
      // DynamoDB refuses to enable what is enabled.
      if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    });
  }
  client.destroy();
}

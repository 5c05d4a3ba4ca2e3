import { type DynamoDBEngine, engineHeaders } from '../../../local/aws/dynamodb-engine.ts';
import { AWS_JSON } from '../../../local/aws/json-answer.ts';
import { startEmulator } from './emulator.ts';

/** Starts the emulator, empty, as a DynamoDB engine. */
export async function startEmulatedDynamoDB(): Promise<DynamoDBEngine> {
  const emulator = await startEmulator({ tls: false });
  return {
    serve: async ({ action, body }) => {
      const init = { method: 'POST', headers: engineHeaders(action), body: new Uint8Array(body) };
      const response = await fetch(emulator.endpoint, init);
      return {
        status: response.status,
        headers: { 'content-type': AWS_JSON['1.0'] },
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
    close: () => emulator.close(),
  };
}

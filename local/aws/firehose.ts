import { randomUUID } from 'node:crypto';
import { jsonAnswer } from './json-answer.ts';
import type { AwsService } from './server.ts';

/** The size of a record that Firehose still accepts, in bytes before base64. */
const RECORD_LIMIT = 1_024_000;

/** Firehose, with calls to put one record into the one stream that exists. It hands each record on as text. */
export function createFirehoseService(stream: string, onRecord: (text: string) => void): AwsService {
  return async ({ action, input }) => {
    if (action !== 'PutRecord') return refused('UnknownOperationException', `no stand-in for ${action}`);
    if (input['DeliveryStreamName'] !== stream)
      return refused('ResourceNotFoundException', `Firehose ${input['DeliveryStreamName']} not found.`);
    const { Data } = (input['Record'] ?? {}) as { readonly Data?: unknown };
    const bytes = Buffer.from(typeof Data === 'string' ? Data : '', 'base64');
    if (bytes.length === 0 || bytes.length > RECORD_LIMIT)
      return refused('InvalidArgumentException', 'Record size must be from 1 to 1,024,000 bytes.');
    onRecord(bytes.toString());
    return jsonAnswer('1.1', { RecordId: randomUUID(), Encrypted: false });
  };
}

function refused(__type: string, message: string) {
  return jsonAnswer('1.1', { __type, message }, 400);
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** How the story calls what stands in keys. */
export type CallWords = {
  request(requestId: string): string;
  client(clientId: string): string;
};

/** The parts of a command's input that tell what it does. */
type Input = {
  readonly Key?: Keys;
  readonly Item?: Keys;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Keys;
};
type Keys = Readonly<Record<string, AttributeValue>>;

/** Returns what a command does, in domain words, and a short name for the promises. */
export function wordsOf(command: object, names: CallWords): { readonly words: string; readonly kind: string } {
  const action = command.constructor.name.replace('Command', '');
  const input: Input = 'input' in command && typeof command.input === 'object' ? (command.input ?? {}) : {};
  const values = input.ExpressionAttributeValues ?? {};
  const key = input.Key ?? input.Item ?? { pk: values[':pk'] ?? { S: '' } };
  const [prefix = '', name = ''] = (key['pk']?.S ?? '').split('#');
  const kind = `${action} ${prefix}`;
  switch (kind) {
    case 'GetItem CLIENT':
      return { kind, words: `reads the client ${names.client(name)}` };
    case 'GetItem LOGIN':
      return { kind, words: 'looks up whom the hint names' };
    case 'Query USER':
      return { kind, words: `reads ${name} with phones and blocks` };
    case 'BatchGetItem ':
      return { kind, words: 'reads the person, the phone and the request together' };
    case 'GetItem REQUEST':
      return { kind, words: `reads ${names.request(name)}` };
    case 'PutItem REQUEST':
      return { kind, words: 'stores the request' };
    case 'PutItem USER':
      return { kind, words: `writes about ${name}` };
    case 'PutItem NOTIFICATION':
      return { kind, words: 'stores how to notify the client' };
    case 'UpdateItem REQUEST':
      return requestWords(input, names.request(name));
    case 'UpdateItem NOTIFICATION':
      return notificationWords(input, names.request(name));
    case 'UpdateItem RATE':
      return { kind, words: 'counts, or takes a count back' };
    case 'UpdateItem USER':
      return { kind, words: `changes the record of ${name}` };
    default:
      return { kind, words: `${action} of ${key['pk']?.S}` };
  }
}

const STATES: Readonly<Record<string, string>> = {
  approved: 'commits the approval of',
  awaiting_number: 'commits the approval, which waits for its number, of',
  denied: 'commits the denial of',
  failed: 'ends, without tokens,',
  redeemed: 'redeems',
};

function requestWords({ UpdateExpression = '', ExpressionAttributeValues: values = {} }: Input, request: string) {
  const state = values[':state']?.S;
  if (state === 'failed' && values[':wrong_numbers'])
    return { kind: 'wrong number', words: `counts the last wrong number for ${request}, and ends it` };
  if (state !== undefined) return { kind: `to ${state}`, words: `${STATES[state] ?? state} ${request}` };
  if (values[':grant']) return { kind: 'to awaiting_number', words: `${STATES['awaiting_number']} ${request}` };
  if (values[':wrong_numbers']) return { kind: 'wrong number', words: `counts a wrong number for ${request}` };
  if (values[':attempt']) return { kind: 'attempt', words: `counts that phones are rung again for ${request}` };
  if (UpdateExpression.includes('#attempts['))
    return { kind: 'attempt ends', words: `records what became of ringing again for ${request}` };
  if (UpdateExpression.includes('sealed_tokens'))
    return { kind: 'drop sealed', words: `deletes the tokens of ${request}` };
  if (values[':step']) return { kind: 'early poll', words: `lengthens the interval of ${request}` };
  return { kind: 'poll', words: `records the poll of ${request}` };
}

function notificationWords({ UpdateExpression = '', ExpressionAttributeValues: values = {} }: Input, request: string) {
  if (values[':notified_at']) return { kind: 'told', words: `records that the client of ${request} was told` };
  if (values[':leased_until']?.N === '0') return { kind: 'release', words: `gives the lease of ${request} back` };
  if (values[':leased_until']) return { kind: 'lease', words: `takes the lease of ${request}` };
  if (UpdateExpression.startsWith('REMOVE')) return { kind: 'forget', words: `forgets how to notify about ${request}` };
  return { kind: 'UpdateItem NOTIFICATION', words: `changes the notification of ${request}` };
}

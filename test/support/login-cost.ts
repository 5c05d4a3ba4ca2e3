import type { AwsCall } from '../../local/aws/server.ts';

// What a million logins cost, from the calls and bytes of one of them. Prices are those of us-east-1 in November 2026,
// without the free tier. What this repository cannot measure is an estimate and marked as one.

/** What one login did, in calls and bytes. */
export type LoginUse = {
  /** Calls of the API. */
  readonly apiCalls: number;
  /** Milliseconds of Lambda at 1 GB, an estimate: nothing was measured on AWS. */
  readonly gigabyteMilliseconds: number;
  /** Times that a function ran. */
  readonly invocations: number;
  readonly awsCalls: readonly AwsCall[];
  /** Lines of the functions, without those of the audit trail. */
  readonly lines: readonly string[];
  readonly auditLines: readonly string[];
  /** Calls of SQS. Lambda polls the queue in the background, which is not counted here. */
  readonly queueCalls: number;
  /** Bytes that leave AWS, an estimate. */
  readonly outgoingBytes: number;
};

/** What the function `events` did for one login. */
export type EventUse = Pick<LoginUse, 'awsCalls' | 'lines' | 'invocations' | 'gigabyteMilliseconds' | 'queueCalls'>;

const MILLION = 1e6;
const PRICES = {
  apiCall: 1 / MILLION,
  invocation: 0.2 / MILLION,
  gigabyteSecond: 0.0000133334,
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  event: 1 / MILLION,
  publish: 0.5 / MILLION,
  pushDelivery: 0.5 / MILLION,
  queueCall: 0.4 / MILLION,
  logByte: 0.5 / 1e9,
  infrequentLogByte: 0.25 / 1e9,
  firehoseByte: 0.029 / 1e9,
  outgoingByte: 0.09 / 1e9,
};
/** What CloudWatch Logs adds to the bytes of each event. */
const EVENT_BYTES = 26;
/** A line of the access log: its fields with values of the usual length, an estimate. */
const ACCESS_LINE_BYTES = 200;
/** Firehose bills each record in steps of 5 KB. */
const FIREHOSE_STEP = 5000;
/** One invocation in a hundred starts a function anew, for about 350 ms at 1 GB. An estimate. */
const COLD_GIGABYTE_MILLISECONDS = 3.5;

/** Returns the dollars that a million such logins cost, by part. */
export function costOfMillion(use: LoginUse): Readonly<Record<string, number>> {
  const { awsCalls } = use;
  const of = (service: AwsCall['service']) => awsCalls.filter((call) => call.service === service);
  const publishes = of('sns').filter(({ action }) => action === 'Publish');
  const pushes = publishes.filter(({ input }) => 'TargetArn' in input).length;
  const milliseconds = use.gigabyteMilliseconds + use.invocations * COLD_GIGABYTE_MILLISECONDS;
  const perLogin = {
    'HTTP API': use.apiCalls * PRICES.apiCall,
    DynamoDB: of('dynamodb').reduce((sum, call) => sum + priceOf(call), 0),
    Lambda: use.invocations * PRICES.invocation + (milliseconds / 1000) * PRICES.gigabyteSecond,
    SNS: publishes.length * PRICES.publish + pushes * PRICES.pushDelivery,
    SQS: use.queueCalls * PRICES.queueCall,
    'log lines with their metrics': bytesOf(use.lines) * PRICES.logByte,
    'audit lines, the copy': bytesOf(use.auditLines) * PRICES.logByte,
    'audit lines, their way to the bucket': use.auditLines.length * FIREHOSE_STEP * PRICES.firehoseByte,
    'durable records': of('firehose').reduce((sum, call) => sum + steps(call) * FIREHOSE_STEP, 0) * PRICES.firehoseByte,
    'access log': use.apiCalls * (ACCESS_LINE_BYTES + EVENT_BYTES) * PRICES.infrequentLogByte,
    'outgoing data': use.outgoingBytes * PRICES.outgoingByte,
  };
  return Object.fromEntries(Object.entries(perLogin).map(([part, dollars]) => [part, dollars * MILLION]));
}

/**
 * What the events of a million such logins cost, if Lambda never finds two writes to handle in one run. Lambda reads
 * streams for nothing.
 */
export function costOfEvents({ awsCalls, lines, invocations, gigabyteMilliseconds, queueCalls }: EventUse): number {
  const entries = awsCalls.flatMap(({ action, input }) =>
    action === 'PutEvents' ? (input['Entries'] as object[]) : [],
  );
  const reads = awsCalls.filter(({ service }) => service === 'dynamodb');
  const dollars =
    entries.length * PRICES.event +
    queueCalls * PRICES.queueCall +
    reads.reduce((sum, call) => sum + priceOf(call), 0) +
    invocations * PRICES.invocation +
    (gigabyteMilliseconds / 1000) * PRICES.gigabyteSecond +
    bytesOf(lines) * PRICES.logByte;
  return dollars * MILLION;
}

export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + EVENT_BYTES, 0);
}

/** The price of a call of DynamoDB whose items are small. A test of the budgets holds the request to one write unit. */
function priceOf({ action, input }: AwsCall): number {
  if (/^(Put|Update|Delete)Item$/.test(action)) return PRICES.writeUnit;
  if (action === 'BatchGetItem') {
    const tables = Object.values(input['RequestItems'] as Record<string, { Keys: object[]; ConsistentRead?: boolean }>);
    return tables.reduce((sum, { Keys, ConsistentRead }) => sum + Keys.length * readPrice(ConsistentRead), 0);
  }
  if (action === 'GetItem' || action === 'Query') return readPrice(input['ConsistentRead'] === true);
  throw new Error(`no price for ${action}`);
}

function readPrice(isConsistent = false): number {
  return isConsistent ? PRICES.readUnit : PRICES.readUnit / 2;
}

function steps(call: AwsCall): number {
  return Math.ceil(recordBytes(call) / FIREHOSE_STEP);
}

/** The bytes of the record that a call stores in Firehose. */
export function recordBytes({ input }: AwsCall): number {
  const { Data } = input['Record'] as { Data: string };
  return Buffer.byteLength(Data, 'base64');
}

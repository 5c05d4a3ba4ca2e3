import { randomUUID } from 'node:crypto';
import { jsonAnswer } from './json-answer.ts';
import { xmlAnswer } from './query-protocol.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

/** A way in which AWS fails: of which calls, and what AWS answers then. */
type Failure = { readonly concerns: (call: AwsCall) => boolean; readonly answer: AwsAnswer };

const isPush = ({ service, action, input }: AwsCall): boolean =>
  service === 'sns' && action === 'Publish' && typeof input['TargetArn'] === 'string';
const snsError = (status: number, code: string, message: string): AwsAnswer =>
  xmlAnswer(
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );

const FAILURES = {
  /** DynamoDB refuses every call, as it does when a partition gets too many. */
  'table-throttled': {
    concerns: ({ service }) => service === 'dynamodb',
    answer: jsonAnswer(
      '1.0',
      {
        __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        message: 'The level of configured provisioned throughput for the table was exceeded.',
      },
      400,
    ),
  },
  /** SNS takes no push. */
  'push-outage': { concerns: isPush, answer: snsError(500, 'InternalError', 'Internal error') },
  /** Apple or Google gave up the push token, so SNS has disabled the endpoint. */
  'endpoint-disabled': { concerns: isPush, answer: snsError(400, 'EndpointDisabled', 'Endpoint is disabled') },
  /** Firehose takes no record of the audit trail. */
  'audit-outage': {
    concerns: ({ service }) => service === 'firehose',
    answer: jsonAnswer('1.1', { __type: 'ServiceUnavailableException', message: 'Slow down.' }, 500),
  },
} as const satisfies Record<string, Failure>;

/** The names of the faults. */
export const FAULT_NAMES = [
  'table-throttled',
  'push-outage',
  'endpoint-disabled',
  'audit-outage',
] as const satisfies readonly (keyof typeof FAILURES)[];
export type FaultName = (typeof FAULT_NAMES)[number];
/** A fault: only calls in which one of these texts is are concerned, and it ends by itself. */
export type Fault = { readonly fault: FaultName; readonly about: readonly string[]; readonly seconds: number };
/** A fault that goes on, and for how many seconds more. */
export type ActiveFault = Omit<Fault, 'seconds'> & { readonly id: string; readonly endsInSeconds: number };

/** The faults of AWS that somebody on this machine has ordered. Each ends at its end, also if nobody ends it. */
export class Faults {
  readonly #active = new Map<string, Fault & { readonly endsAt: number }>();
  readonly #milliseconds: () => number;

  constructor(milliseconds: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
  }

  /** Begins a fault and returns its id. */
  begin(fault: Fault): string {
    const id = randomUUID();
    this.#active.set(id, { ...fault, endsAt: this.#milliseconds() + fault.seconds * 1000 });
    return id;
  }

  /** Ends a fault. Does nothing if it is over. */
  end(id: string): void {
    this.#active.delete(id);
  }

  /** The faults that go on. */
  get active(): readonly ActiveFault[] {
    const now = this.#milliseconds();
    for (const [id, { endsAt }] of this.#active) if (endsAt <= now) this.#active.delete(id);
    return [...this.#active].map(([id, { fault, about, endsAt }]) => {
      return { id, fault, about, endsInSeconds: Math.ceil((endsAt - now) / 1000) };
    });
  }

  /** The answer to a call that a fault concerns; undefined if the service should answer. */
  answerTo(call: AwsCall): AwsAnswer | undefined {
    if (this.#active.size === 0) return undefined;
    const text = textOf(call);
    const found = this.active.find(
      ({ fault, about }) => FAILURES[fault].concerns(call) && about.some((one) => text.includes(one)),
    );
    return found && FAILURES[found.fault].answer;
  }
}

/** What a call says, in which ids can be found. A record for Firehose is in base64, and a form is encoded. */
function textOf({ service, input, body }: AwsCall): string {
  if (service === 'firehose') {
    const { Data } = (input['Record'] ?? {}) as { readonly Data?: unknown };
    return Buffer.from(typeof Data === 'string' ? Data : '', 'base64').toString();
  }
  return service === 'sns' ? Object.values(input).join('\n') : body.toString();
}

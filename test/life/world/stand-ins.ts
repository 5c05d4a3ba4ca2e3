import { SQSClient } from '@aws-sdk/client-sqs';
import type { CallKms } from '../../../provider/adapters/kms/call-kms.ts';
import type { CallSns } from '../../../provider/adapters/sns/query-protocol.ts';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import type { AuditStep } from '../../../provider/core/operating/audit-record.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import type { AuditTrail, JwsVerifier } from '../../../provider/flows/ports.ts';
import type { TokenSigner } from '../../../provider/flows/token/ports.ts';
import { type MakeCall, Outage } from './dynamodb-client.ts';

// The services of AWS besides DynamoDB. Each call waits for its step, as those of DynamoDB do.

const outage = (): never => {
  throw new Outage('AWS is out');
};

/** SNS: a phone rings, or an announcement goes to the queue. */
export function snsOf(
  make: MakeCall,
  effects: {
    ring(arn: string, push: { readonly requestId: string; readonly isReminder: boolean }): void;
    announce(message: string): void;
    words(arn: string): string;
  },
): CallSns {
  return (action, parameters) => {
    const { TargetArn: arn, TopicArn: topic, Message: message = '{}' } = parameters;
    if (arn !== undefined) {
      const requestId = /request_id\\?":\\?"([\w-]+)/.exec(message.replaceAll('\\', ''))?.[1] ?? '';
      const isReminder = message.includes('authentication_request_reminder');
      const isPrompt = message.includes('authentication_request');
      const effect = () => {
        if (isPrompt) effects.ring(arn, { requestId, isReminder });
        return '<MessageId>1</MessageId>';
      };
      const does = isReminder ? 'reminds' : isPrompt ? 'rings' : 'tells';
      return make({ words: `${does} ${effects.words(arn)}`, kind: isPrompt ? 'ring' : 'silence', effect, outage });
    }
    if (topic !== undefined) {
      const effect = () => {
        effects.announce(message);
        return '<MessageId>1</MessageId>';
      };
      return make({ words: 'announces it to the queue', kind: 'announce', effect, outage });
    }
    return make({ words: `${action} at SNS`, kind: action, effect: () => '', outage });
  };
}

const SQS = new SQSClient({ region: 'eu-central-1', credentials: { accessKeyId: 'life', secretAccessKey: 'life' } });

/** What the function does with its queue: send again later, leave a dead letter, postpone. */
export function sqsOf(
  make: MakeCall,
  effects: {
    send(url: string, body: string, delaySeconds: number): void;
    postpone(receiptHandle: string, seconds: number): void;
  },
): SQSClient {
  const client: SQSClient = Object.create(SQS);
  type Input = {
    readonly QueueUrl: string;
    readonly MessageBody?: string;
    readonly DelaySeconds?: number;
    readonly ReceiptHandle?: string;
    readonly VisibilityTimeout?: number;
  };
  const send = ({ input }: { input: Input }): Promise<object> => {
    const { QueueUrl, MessageBody, DelaySeconds = 0, ReceiptHandle = '', VisibilityTimeout = 0 } = input;
    if (MessageBody === undefined) {
      const effect = () => {
        effects.postpone(ReceiptHandle, VisibilityTimeout);
        return {};
      };
      const words = `gives the message back for ${VisibilityTimeout} s`;
      return make<object>({ words, kind: 'postpone', effect, outage });
    }
    const effect = () => {
      effects.send(QueueUrl, MessageBody, DelaySeconds);
      return {};
    };
    const words = QueueUrl === 'dead-letters' ? 'leaves a dead letter' : `sends the message again in ${DelaySeconds} s`;
    return make<object>({ words, kind: QueueUrl === 'dead-letters' ? 'dead letter' : 'send later', effect, outage });
  };
  return Object.assign(client, { send });
}

/** KMS opens the delivery key: it is 32 zeros. */
export function kmsOf(make: MakeCall): CallKms {
  const Plaintext = Buffer.alloc(32).toString('base64');
  return (action) => make<unknown>({ words: `${action} at KMS`, kind: 'kms', effect: () => ({ Plaintext }), outage });
}

/** Signs tokens that say what they contain. The first signature of a function needs KMS. */
export function signerOf(make: MakeCall, made: { tokens: number }): TokenSigner {
  let isWarm = false;
  return {
    sign: async (claims, { type }) => {
      if (!isWarm) await make({ words: 'opens the signing key', kind: 'sign', effect: () => true, outage });
      isWarm = true;
      made.tokens += 1;
      return `${type}.${made.tokens}.${encoded(claims)}`;
    },
  };
}

/** The audit trail: its store, and the log, which each line reaches. */
export function auditTrailOf(
  make: MakeCall,
  own: {
    newId(): string;
    keep(record: AuditEvent & AuditStep): void;
    log(event: AuditEvent): void;
  },
): AuditTrail {
  return {
    newChange: own.newId,
    write: (event) => own.log(event),
    record: (event, step) =>
      make({
        words: `stores that ${said(event)} (${step.phase})`,
        kind: `store ${event.event} ${step.phase}`,
        effect: () => {
          own.keep({ ...event, ...step });
          return true;
        },
        outage: () => false,
      }),
  };
}

const said = (event: AuditEvent): string => {
  const { event: name } = event;
  if (event.event === 'decision_recorded') return `the answer "${event.decision}" was given: ${event.outcome}`;
  return name === 'decision_evidence' ? 'a phone answered, with the evidence' : name.replaceAll('_', ' ');
};

/** Phones sign with the name of their key. */
export const signedBy = (key: string, header: TokenClaims, claims: TokenClaims): string =>
  `${encoded(header)}.${encoded(claims)}.${key}`;

export const verifier: JwsVerifier = {
  decode: (jws) => {
    const [header = '', claims = ''] = jws.split('.');
    return { header: decoded(header), claims: decoded(claims) };
  },
  verifies: async (jws, key) => jws.split('.')[2] === key.x,
  thumbprint: async ({ x = '' }) => x,
};

const encoded = (claims: TokenClaims): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
const decoded = (text: string): TokenClaims => JSON.parse(Buffer.from(text, 'base64url').toString());

import type { SnsStandIn } from '../../../local/aws/sns.ts';
import { allows } from './recorded-calls.ts';
import { Synthesized, type Value } from './synthesized.ts';

const application = (platform: string) => `arn:aws:sns:eu-central-1:000000000000:app/${platform}/local`;
/**
 * A stage with push and events, on the account that the stand-ins play and with the applications of the local runtime.
 */
export const template = new Synthesized({
  stage: 'dev',
  account: '000000000000',
  region: 'eu-central-1',
  apns: {
    applicationArn: application('APNS'),
    sandboxApplicationArn: application('APNS_SANDBOX'),
    bundleId: 'com.example.bank',
  },
  fcm: { applicationArn: application('GCM') },
  events: { busArn: 'arn:aws:events:eu-central-1:000000000000:event-bus/local' },
});

/** Returns an ARN of the template as it is on this machine. Throws on what it does not know. */
export function resolve(value: Value): string {
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value);
  const [, streamed] = /Outputs\.[A-Za-z0-9]*?(Directory|Transactions)Table[A-F0-9]*StreamArn/.exec(text) ?? [];
  if (streamed) return `arn:aws:dynamodb:eu-central-1:000000000000:table/${streamed}/stream/local`;
  if (text.includes('ProviderEventsForOthersExpiryReminders'))
    return 'arn:aws:sqs:eu-central-1:000000000000:expiry-reminders';
  if (text.includes('DeadLetters')) return 'arn:aws:sqs:eu-central-1:000000000000:client-notifications-dead-letters';
  const [, kind = ''] =
    /Outputs\.[A-Za-z0-9]*?(DirectoryTable|TransactionsTable|SigningKmsKey|SigningKey|AuditRecords)[A-Z0-9]*Arn/.exec(
      text,
    ) ?? [];
  if (kind === 'DirectoryTable') return 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory';
  if (kind === 'TransactionsTable') return 'arn:aws:dynamodb:eu-central-1:000000000000:table/Transactions';
  if (kind.startsWith('Signing')) return 'arn:aws:kms:eu-central-1:000000000000:key/local';
  if (kind === 'AuditRecords') return 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/local-audit';
  const [, way] = /ProviderClientNotifications(Topic|Queue)[A-F0-9]+/.exec(text) ?? [];
  if (way) return `arn:aws:${way === 'Topic' ? 'sns' : 'sqs'}:eu-central-1:000000000000:client-notifications`;
  throw new Error(`no rule for the resource ${text}`);
}

/** What a role may do on AWS services that a function calls by the SDK. Its log is written by Lambda itself. */
export function granted(name: string): Value[] {
  return template.statements(name).filter((statement) => !JSON.stringify(statement.Action).includes('logs:'));
}

/** Lets the stand-in of SNS permit what these roles allow, and nothing else. */
export function permitsOf(roles: (name: string) => readonly Value[]): SnsStandIn['permits'] {
  return ({ caller, action, resource }) => {
    const call = { caller, action: `sns:${action}`, resource, context: {} };
    return roles(caller).some((statement) => allows(statement, call, resolve));
  };
}

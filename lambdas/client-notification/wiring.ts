import { createDynamoDB, createSqs } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { auditTrailOf, followLogLevel, logOf } from '../../provider/adapters/composition.ts';
import {
  readDeadLetterQueueUrl,
  readNotificationNetworks,
  readNotificationQueueUrl,
  readResources,
} from '../../provider/adapters/config.ts';
import { ClientsTable } from '../../provider/adapters/dynamodb/clients-table.ts';
import { DeliveryKeysTable } from '../../provider/adapters/dynamodb/delivery-keys-table.ts';
import { NotificationsTable } from '../../provider/adapters/dynamodb/notifications-table.ts';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../provider/adapters/dynamodb/rate-windows-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { RungRequestsTable } from '../../provider/adapters/dynamodb/rung-requests-table.ts';
import { ReadableSigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { HttpsKeySets } from '../../provider/adapters/https/https-key-sets.ts';
import { HttpsNotification } from '../../provider/adapters/https/https-notification.ts';
import { JoseSigner } from '../../provider/adapters/jose/jose-signer.ts';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import { callsOfKms } from '../../provider/adapters/kms/call-kms.ts';
import { KmsPrivateKeys } from '../../provider/adapters/kms/kms-keys.ts';
import { KmsTokenSeal } from '../../provider/adapters/kms/kms-token-seal.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import { callsOfSns } from '../../provider/adapters/sns/call-sns.ts';
import { SnsEndpointRights } from '../../provider/adapters/sns/sns-endpoint-rights.ts';
import { SnsPush } from '../../provider/adapters/sns/sns-push.ts';
import { SqsDeadLetters, SqsMessages } from '../../provider/adapters/sqs/sqs-messages.ts';
import type { TestKeysPorts } from '../../provider/flows/client/test-keys.ts';
import type { NotifyPorts } from '../../provider/flows/notifying/notify-client.ts';
import type { RemindDevicesPorts } from '../../provider/flows/notifying/remind-devices.ts';
import type { TestEndpointPorts } from '../../provider/flows/notifying/test-endpoint.ts';
import type { ProvePushRightsPorts } from '../../provider/flows/operating/prove-push-rights.ts';

/** Composes what client-notification runs with in an AWS account. */
export function wire() {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('client-notification', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const people = new PeopleTable(directory, entropy);
  const sns = callsOfSns(dynamodb);
  const sqs = createSqs();
  const queue = new SqsMessages(sqs, readNotificationQueueUrl());
  const networks = readNotificationNetworks();
  const sender = new HttpsNotification(networks);
  const kms = { kms: callsOfKms(dynamodb), keyId: resources.signingKmsKey };
  const keys = new ReadableSigningKeysTable(directory);
  const ports: NotifyPorts & RemindDevicesPorts & TestEndpointPorts & TestKeysPorts & ProvePushRightsPorts = {
    notifications: new NotificationsTable(transactions),
    clients: new ClientsTable(directory, clock),
    sender,
    probe: sender,
    // Other functions keep copies. A test must see what is there now.
    remoteKeySets: { find: (jwksUri, wanted) => new HttpsKeySets(networks, clock).find(jwksUri, wanted) },
    pushes: sender,
    people,
    devices: people,
    rungRequests: new RungRequestsTable(transactions, entropy),
    rateWindows: new RateWindowsTable(transactions, entropy),
    push: new SnsPush(sns, resources.apnsTopic),
    endpointRights: new SnsEndpointRights(sns, resources.applicationArns, ['Publish']),
    requests: new RedeemableRequestsTable(transactions, entropy),
    signer: new JoseSigner(new KeyCache(keys, clock), new KmsPrivateKeys(keys, kms.kms, kms.keyId)),
    seal: new KmsTokenSeal(new DeliveryKeysTable(directory, entropy), kms, clock),
    later: queue,
    deadLetters: new SqsDeadLetters(sqs, readDeadLetterQueueUrl()),
    audit: auditTrailOf('client-notification'),
    entropy,
    clock,
    settings: readSettings(),
  };
  return { ports, log: logOf('client-notification'), postpone: queue.postpone.bind(queue) };
}

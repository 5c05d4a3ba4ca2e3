import { createDynamoDB, createSqs } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { followLogLevel, logOf } from '../../provider/adapters/composition.ts';
import { readNotificationNetworks, readNotificationQueueUrl, readResources } from '../../provider/adapters/config.ts';
import { ClientsTable } from '../../provider/adapters/dynamodb/clients-table.ts';
import { NotificationsTable } from '../../provider/adapters/dynamodb/notifications-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { HttpsNotification } from '../../provider/adapters/https/https-notification.ts';
import { SqsMessages } from '../../provider/adapters/sqs/sqs-messages.ts';
import type { NotifyPorts } from '../../provider/flows/notifying/notify-client.ts';
import type { TestEndpointPorts } from '../../provider/flows/notifying/test-endpoint.ts';

/** Composes what client-notification runs with in an AWS account. */
export function wire() {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('client-notification', directory);
  const queue = new SqsMessages(createSqs(), readNotificationQueueUrl());
  const sender = new HttpsNotification(readNotificationNetworks());
  const ports: NotifyPorts & TestEndpointPorts = {
    notifications: new NotificationsTable(new Table(dynamodb, resources.transactionsTable)),
    clients: new ClientsTable(directory, clock),
    sender,
    probe: sender,
    entropy,
    clock,
  };
  return { ports, log: logOf('client-notification'), postpone: queue.postpone.bind(queue) };
}

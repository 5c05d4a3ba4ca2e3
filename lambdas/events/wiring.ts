import { createDynamoDB, createSqs } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { logOf } from '../../provider/adapters/composition.ts';
import { readEvents, readResources } from '../../provider/adapters/config.ts';
import { changeFrom } from '../../provider/adapters/dynamodb/streamed-writes.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { WatchedRequestsTable } from '../../provider/adapters/dynamodb/watched-requests-table.ts';
import { EventBridgeBus } from '../../provider/adapters/eventbridge/event-bridge-bus.ts';
import { SqsExpiryReminders } from '../../provider/adapters/sqs/sqs-expiry-reminders.ts';
import type { PublishPorts } from '../../provider/flows/operating/publish-changes.ts';
import type { PublishExpiryPorts } from '../../provider/flows/operating/publish-expiry.ts';

/** Composes what events runs with. */
export function wire() {
  const { transactionsTable } = readResources();
  const events = readEvents();
  const dynamodb = createDynamoDB();
  const ports: PublishPorts & PublishExpiryPorts = {
    bus: new EventBridgeBus(dynamodb, events),
    reminders: new SqsExpiryReminders(createSqs(), events.expiryQueueUrl),
    requests: new WatchedRequestsTable(new Table(dynamodb, transactionsTable)),
    clock,
  };
  return { ports, log: logOf('events'), readWrite: changeFrom };
}

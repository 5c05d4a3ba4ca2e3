import { createDynamoDB, createSns } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { createAuditTrail } from '../../provider/adapters/log.ts';
import { EndpointUsers } from '../../provider/adapters/sns/endpoint-users.ts';
import type { EndpointEventPorts } from '../../provider/flows/device/handle-endpoint-event.ts';

/** Composes what endpoint-events runs with in an AWS account. */
export function wire(): Wired<EndpointEventPorts> {
  const directory = new Table(createDynamoDB(), readResources().directoryTable);
  const ports = {
    endpoints: new EndpointUsers(createSns(), directory),
    devices: new PeopleTable(directory),
    audit: createAuditTrail('endpoint-events'),
    clock,
  };
  return { ports, log: logOf('endpoint-events') };
}

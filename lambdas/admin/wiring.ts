import { createDynamoDB, createSns } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readResources, readSettings } from '../../provider/adapters/config.ts';
import { DirectoryTable } from '../../provider/adapters/dynamodb/directory-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { TicketsTable } from '../../provider/adapters/dynamodb/tickets-table.ts';
import { UsersTable } from '../../provider/adapters/dynamodb/users-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { createAuditTrail } from '../../provider/adapters/log.ts';
import { SnsEndpoints } from '../../provider/adapters/sns/sns-endpoints.ts';
import type { ManageClientsPorts } from '../../provider/flows/client/manage-clients.ts';
import type { ManageUsersPorts } from '../../provider/flows/person/manage-users.ts';

/** What admin runs with in an account. */
export function wire(): Wired<ManageClientsPorts & ManageUsersPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const users = new UsersTable(directory);
  const ports = {
    directory: new DirectoryTable(directory, entropy, clock),
    users,
    devices: users,
    tickets: new TicketsTable(new Table(dynamodb, resources.transactionsTable)),
    endpoints: new SnsEndpoints(createSns(), directory, resources.applicationArns),
    entropy,
    clock,
    settings: readSettings(),
    audit: createAuditTrail('admin'),
  };
  return { ports, log: logOf('admin') };
}

import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { auditTrailOf, logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { callsOfSns } from '../../provider/adapters/sns/call-sns.ts';
import { EndpointUsers } from '../../provider/adapters/sns/endpoint-users.ts';
import { SnsEndpointRights } from '../../provider/adapters/sns/sns-endpoint-rights.ts';
import type { EndpointEventPorts } from '../../provider/flows/device/handle-endpoint-event.ts';
import type { ProvePushRightsPorts } from '../../provider/flows/operating/prove-push-rights.ts';

/** Composes what endpoint-events runs with in an AWS account. */
export function wire(): Wired<EndpointEventPorts & ProvePushRightsPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const sns = callsOfSns(dynamodb);
  const ports = {
    endpoints: new EndpointUsers(sns, directory),
    endpointRights: new SnsEndpointRights(sns, resources.applicationArns, ['GetEndpointAttributes']),
    devices: new PeopleTable(directory, entropy),
    audit: auditTrailOf('endpoint-events'),
    clock,
  };
  return { ports, log: logOf('endpoint-events') };
}

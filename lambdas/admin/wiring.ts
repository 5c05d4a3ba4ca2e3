import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import {
  auditTrailOf,
  followLogLevel,
  logOf,
  userCodeHashesOnDemand,
  type Wired,
} from '../../provider/adapters/composition.ts';
import { readNotificationNetworks, readOperators, readResources } from '../../provider/adapters/config.ts';
import { ClientBlockEndsTable } from '../../provider/adapters/dynamodb/client-block-ends-table.ts';
import { ClientNames } from '../../provider/adapters/dynamodb/client-names-table.ts';
import { ClientRegistryTable } from '../../provider/adapters/dynamodb/client-registry-table.ts';
import { EnrolledDevicesTable, TicketsTable } from '../../provider/adapters/dynamodb/enrolments-table.ts';
import { LogLevelsTable } from '../../provider/adapters/dynamodb/log-levels-table.ts';
import { PeopleRegistryTable } from '../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { UserCodesTable } from '../../provider/adapters/dynamodb/user-codes-table.ts';
import { UserListTable } from '../../provider/adapters/dynamodb/user-list-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { firehoseAuditStore } from '../../provider/adapters/firehose/firehose-audit-store.ts';
import { notificationAddresses } from '../../provider/adapters/https/public-endpoints.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import { callsOfSns } from '../../provider/adapters/sns/call-sns.ts';
import { SnsEndpointRights } from '../../provider/adapters/sns/sns-endpoint-rights.ts';
import { LeavableSnsEndpoints } from '../../provider/adapters/sns/sns-endpoints.ts';
import { nameSkeleton } from '../../provider/adapters/unicode/name-skeleton.ts';
import type { ManageClientsPorts } from '../../provider/flows/client/manage-clients.ts';
import type { ManageTicketsPorts } from '../../provider/flows/device/manage-tickets.ts';
import type { ManageLogLevelPorts } from '../../provider/flows/operating/manage-log-level.ts';
import type { ProvePushRightsPorts } from '../../provider/flows/operating/prove-push-rights.ts';
import type { EraseUserPorts } from '../../provider/flows/person/erase-user.ts';
import type { ExportUserPorts } from '../../provider/flows/person/export-user.ts';
import type { ListAskedRequestsPorts } from '../../provider/flows/person/list-asked-requests.ts';
import type { ListUsersPorts } from '../../provider/flows/person/list-users.ts';
import type { ManageBlocksPorts } from '../../provider/flows/person/manage-blocks.ts';
import type { ManageUserCodePorts } from '../../provider/flows/person/manage-user-code.ts';
import type { ManageUsersPorts } from '../../provider/flows/person/manage-users.ts';

/** What an export and an erasure of a person need, and a list of their requests. */
type RecordPorts = ExportUserPorts & EraseUserPorts & ListAskedRequestsPorts;

type AdminPorts = ManageClientsPorts &
  ManageUsersPorts &
  ManageUserCodePorts &
  ListUsersPorts &
  ManageTicketsPorts &
  ManageBlocksPorts &
  ManageLogLevelPorts &
  ProvePushRightsPorts;

/** Composes what admin runs with in an AWS account. `recordPorts` loads what is seldom needed (docs/adr/0047). */
export function wire(): Wired<AdminPorts> & {
  readonly operators: readonly string[];
  readonly recordPorts: () => Promise<RecordPorts>;
} {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('admin', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const people = new PeopleAndDevicesTable(directory, entropy);
  const sns = callsOfSns(dynamodb);
  const names = new ClientNames(directory, { entropy, clock, skeletonOf: nameSkeleton });
  const ports = {
    clientRegistry: new ClientRegistryTable(directory, entropy, names),
    notificationAddresses: notificationAddresses(readNotificationNetworks()),
    peopleRegistry: new PeopleRegistryTable(directory, entropy, clock),
    people,
    userList: new UserListTable(directory),
    devices: people,
    tickets: new TicketsTable({ directory, transactions }, entropy),
    userCodes: new UserCodesTable(directory),
    userCodeHashes: userCodeHashesOnDemand,
    blockEnds: new ClientBlockEndsTable(directory),
    enrolments: new EnrolledDevicesTable(directory, entropy),
    logLevels: new LogLevelsTable(directory),
    endpoints: new LeavableSnsEndpoints(sns, directory),
    endpointRights: new SnsEndpointRights(sns, resources.applicationArns, ['DeleteEndpoint']),
    entropy,
    clock,
    settings: readSettings(),
    audit: auditTrailOf('admin', firehoseAuditStore(dynamodb, resources.audit)),
  };
  const recordPorts = async () => ({ ...ports, ...(await loadRecords({ directory, transactions })) });
  return { ports, recordPorts, log: logOf('admin'), operators: readOperators() };
}

async function loadRecords(tables: { readonly directory: Table; readonly transactions: Table }) {
  const [{ PersonRecordsTable }, { KeptEvidenceKeysTable }] = await Promise.all([
    import('../../provider/adapters/dynamodb/person-records-table.ts'),
    import('../../provider/adapters/dynamodb/kept-evidence-keys-table.ts'),
  ]);
  return {
    personRecords: new PersonRecordsTable(tables, entropy),
    evidenceKeys: new KeptEvidenceKeysTable(tables.directory),
  };
}

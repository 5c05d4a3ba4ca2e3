import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { auditTrailOf, followLogLevel, logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { ClientBlocksTable } from '../../provider/adapters/dynamodb/client-blocks-table.ts';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { EnrolmentsTable } from '../../provider/adapters/dynamodb/enrolments-table.ts';
import { EvidenceKeysTable } from '../../provider/adapters/dynamodb/evidence-keys-table.ts';
import { NumberedRequestsTable } from '../../provider/adapters/dynamodb/numbered-requests-table.ts';
import { OpenQuestionsTable } from '../../provider/adapters/dynamodb/open-questions-table.ts';
import { OpenRequestsTable } from '../../provider/adapters/dynamodb/open-requests-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { ReplaysTable } from '../../provider/adapters/dynamodb/replays-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { UserCodesTable } from '../../provider/adapters/dynamodb/user-codes-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { evidenceSeal } from '../../provider/adapters/evidence-seal.ts';
import { firehoseAuditStore } from '../../provider/adapters/firehose/firehose-audit-store.ts';
import { joseVerifier } from '../../provider/adapters/jose/jose-verifier.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import { callsOfSns } from '../../provider/adapters/sns/call-sns.ts';
import { SnsAnnouncements } from '../../provider/adapters/sns/sns-announcements.ts';
import { SnsEndpointRights } from '../../provider/adapters/sns/sns-endpoint-rights.ts';
import { SnsEndpoints } from '../../provider/adapters/sns/sns-endpoints.ts';
import { SnsPush } from '../../provider/adapters/sns/sns-push.ts';
import { userCodeHashes } from '../../provider/adapters/user-code-hashes.ts';
import { warmUp } from '../../provider/adapters/warm-up.ts';
import { ENDPOINT_ACTIONS } from '../../provider/core/operating/push-rights.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';
import type { AnswerPorts } from '../../provider/flows/deciding/answer-request.ts';
import type { EnrolPorts } from '../../provider/flows/device/enrol-device.ts';
import type { ManageDevicePorts } from '../../provider/flows/device/manage-device.ts';
import type { SetOwnUserCodePorts } from '../../provider/flows/device/set-user-code.ts';
import type { ProvePushRightsPorts } from '../../provider/flows/operating/prove-push-rights.ts';

/** Composes what device runs with in an AWS account. */
export async function wire(): Promise<
  Wired<EnrolPorts & ManageDevicePorts & SetOwnUserCodePorts & AnswerPorts & ProvePushRightsPorts>
> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('device', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const people = new PeopleAndDevicesTable(directory, entropy);
  const sns = callsOfSns(dynamodb);
  const ports = {
    people,
    devices: people,
    openRequests: new OpenRequestsTable(transactions, entropy),
    openQuestions: new OpenQuestionsTable(transactions),
    blockRecords: new ClientBlocksTable(directory, entropy),
    userCodes: new UserCodesTable(directory),
    userCodeHashes,
    enrolments: new EnrolmentsTable({ directory, transactions }, entropy),
    replays: new ReplaysTable(transactions, entropy, clock),
    requests: new DecidableRequestsTable({ directory, transactions }, entropy),
    numbers: new NumberedRequestsTable(transactions, entropy),
    evidenceKeys: new EvidenceKeysTable(directory, entropy),
    evidenceSeal,
    announcements: new SnsAnnouncements(sns, resources.notificationTopic),
    endpoints: new SnsEndpoints(sns, directory, resources.applicationArns),
    endpointRights: new SnsEndpointRights(sns, resources.applicationArns, ENDPOINT_ACTIONS),
    push: new SnsPush(sns, resources.apnsTopic),
    verifier: joseVerifier,
    entropy,
    clock,
    settings: readSettings(),
    audit: auditTrailOf('device', firehoseAuditStore(dynamodb, resources.audit)),
  };
  // The first request then finds a connection. What it reads is nobody's: the id is reserved.
  await warmUp(() => people.find(SYNTHETIC_ID));
  return { ports, log: logOf('device') };
}

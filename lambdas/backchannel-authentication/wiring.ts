import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import {
  auditTrailOf,
  clientAuthentication,
  followLogLevel,
  logOf,
  userCodeHashesOnDemand,
  type Wired,
} from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { OpenQuestionsTable } from '../../provider/adapters/dynamodb/open-questions-table.ts';
import { OpenRequestsTable } from '../../provider/adapters/dynamodb/open-requests-table.ts';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../provider/adapters/dynamodb/rate-windows-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { ReadableSigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { SilentDenialsTable } from '../../provider/adapters/dynamodb/silent-denials-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import { callsOfSns } from '../../provider/adapters/sns/call-sns.ts';
import { SnsAnnouncements } from '../../provider/adapters/sns/sns-announcements.ts';
import { SnsEndpointRights } from '../../provider/adapters/sns/sns-endpoint-rights.ts';
import { SnsPush } from '../../provider/adapters/sns/sns-push.ts';
import { warmUp } from '../../provider/adapters/warm-up.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';
import type { EnterNumberPorts } from '../../provider/flows/asking/enter-number.ts';
import type { RequestAuthenticationPorts } from '../../provider/flows/asking/request-authentication.ts';
import type { ResendRequestPorts } from '../../provider/flows/asking/resend-request.ts';
import type { WithdrawRequestPorts } from '../../provider/flows/asking/withdraw-request.ts';
import type { ProvePushRightsPorts } from '../../provider/flows/operating/prove-push-rights.ts';

/** What the calls need that a client makes about a request of its own. */
type OwnRequests = Pick<ResendRequestPorts, 'rungRequests'> &
  Pick<WithdrawRequestPorts, 'withdrawable'> &
  Pick<EnterNumberPorts, 'numbers' | 'silentDenialEnds'>;
type Ports = RequestAuthenticationPorts &
  Omit<ResendRequestPorts & WithdrawRequestPorts & EnterNumberPorts, keyof OwnRequests> &
  ProvePushRightsPorts & { loadOwnRequests(): Promise<OwnRequests> };

/** Composes what backchannel-authentication runs with in an AWS account. */
export async function wire(): Promise<Wired<Ports>> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('backchannel-authentication', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const people = new PeopleTable(directory, entropy);
  const sns = callsOfSns(dynamodb);
  const ports = {
    ...clientAuthentication(directory, transactions),
    people,
    devices: people,
    userCodeHashes: userCodeHashesOnDemand,
    openRequests: new OpenRequestsTable(transactions, entropy),
    metRequests: { find: async (id: string) => (await loadOwnRequests(directory, transactions)).rungRequests.find(id) },
    openQuestions: new OpenQuestionsTable(transactions),
    silentDenials: new SilentDenialsTable(directory, entropy),
    announcements: new SnsAnnouncements(sns, resources.notificationTopic),
    requests: new RequestsTable(transactions, entropy),
    loadOwnRequests: () => loadOwnRequests(directory, transactions),
    rateWindows: new RateWindowsTable(transactions, entropy),
    push: new SnsPush(sns, resources.apnsTopic),
    endpointRights: new SnsEndpointRights(sns, resources.applicationArns, ['Publish']),
    keys: new KeyCache(new ReadableSigningKeysTable(directory), clock),
    entropy,
    audit: auditTrailOf('backchannel-authentication'),
  };
  // The first request then finds a connection. What it reads is nobody's: the id is reserved.
  await warmUp(() => people.find(SYNTHETIC_ID));
  return { ports, log: logOf('backchannel-authentication') };
}

/** Loads what reads and writes requests that a client withdraws, has rung again, or enters a number for. Few are. */
async function loadOwnRequests(directory: Table, transactions: Table): Promise<OwnRequests> {
  const [{ NumberedRequestsTable }, { RungRequestsTable }, { SilentDenialEndsTable }, { WithdrawableRequestsTable }] =
    await Promise.all([
      import('../../provider/adapters/dynamodb/numbered-requests-table.ts'),
      import('../../provider/adapters/dynamodb/rung-requests-table.ts'),
      import('../../provider/adapters/dynamodb/silent-denial-ends-table.ts'),
      import('../../provider/adapters/dynamodb/withdrawable-requests-table.ts'),
    ]);
  return {
    numbers: new NumberedRequestsTable(transactions, entropy),
    rungRequests: new RungRequestsTable(transactions, entropy),
    silentDenialEnds: new SilentDenialEndsTable(directory, entropy),
    withdrawable: new WithdrawableRequestsTable(transactions, entropy),
  };
}

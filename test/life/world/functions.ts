import { ClientBlockEndsTable } from '../../../provider/adapters/dynamodb/client-block-ends-table.ts';
import { ClientBlocksTable } from '../../../provider/adapters/dynamodb/client-blocks-table.ts';
import { ClientNames } from '../../../provider/adapters/dynamodb/client-names-table.ts';
import { ClientRegistryTable } from '../../../provider/adapters/dynamodb/client-registry-table.ts';
import { ClientsTable } from '../../../provider/adapters/dynamodb/clients-table.ts';
import { DecidableRequestsTable } from '../../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { DeliveryKeysTable } from '../../../provider/adapters/dynamodb/delivery-keys-table.ts';
import { EnrolledDevicesTable } from '../../../provider/adapters/dynamodb/enrolments-table.ts';
import { EvidenceKeysTable } from '../../../provider/adapters/dynamodb/evidence-keys-table.ts';
import { NotificationsTable } from '../../../provider/adapters/dynamodb/notifications-table.ts';
import { NumberedRequestsTable } from '../../../provider/adapters/dynamodb/numbered-requests-table.ts';
import { OpenQuestionsTable } from '../../../provider/adapters/dynamodb/open-questions-table.ts';
import { OpenRequestsTable } from '../../../provider/adapters/dynamodb/open-requests-table.ts';
import { PeopleRegistryTable } from '../../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleAndDevicesTable, PeopleTable } from '../../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../../provider/adapters/dynamodb/rate-windows-table.ts';
import { RedeemableRequestsTable } from '../../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { ReplaysTable } from '../../../provider/adapters/dynamodb/replays-table.ts';
import { RequestsTable } from '../../../provider/adapters/dynamodb/requests-table.ts';
import { RungRequestsTable } from '../../../provider/adapters/dynamodb/rung-requests-table.ts';
import { SilentDenialEndsTable } from '../../../provider/adapters/dynamodb/silent-denial-ends-table.ts';
import { SilentDenialsTable } from '../../../provider/adapters/dynamodb/silent-denials-table.ts';
import type { Table } from '../../../provider/adapters/dynamodb/table.ts';
import { WithdrawableRequestsTable } from '../../../provider/adapters/dynamodb/withdrawable-requests-table.ts';
import { evidenceSeal } from '../../../provider/adapters/evidence-seal.ts';
import type { CallKms } from '../../../provider/adapters/kms/call-kms.ts';
import { KmsTokenSeal } from '../../../provider/adapters/kms/kms-token-seal.ts';
import type { CallSns } from '../../../provider/adapters/sns/query-protocol.ts';
import { SnsAnnouncements } from '../../../provider/adapters/sns/sns-announcements.ts';
import { LeavableSnsEndpoints } from '../../../provider/adapters/sns/sns-endpoints.ts';
import { SnsPush } from '../../../provider/adapters/sns/sns-push.ts';
import { SqsDeadLetters, SqsMessages } from '../../../provider/adapters/sqs/sqs-messages.ts';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import type { EnterNumberPorts } from '../../../provider/flows/asking/enter-number.ts';
import type { RequestAuthenticationPorts } from '../../../provider/flows/asking/request-authentication.ts';
import type { ResendRequestPorts } from '../../../provider/flows/asking/resend-request.ts';
import type { WithdrawRequestPorts } from '../../../provider/flows/asking/withdraw-request.ts';
import type { ManageClientsPorts } from '../../../provider/flows/client/manage-clients.ts';
import type { AnswerPorts } from '../../../provider/flows/deciding/answer-request.ts';
import type { NotifyPorts } from '../../../provider/flows/notifying/notify-client.ts';
import type { NotificationSender, PushSender } from '../../../provider/flows/notifying/ports.ts';
import type { RemindDevicesPorts } from '../../../provider/flows/notifying/remind-devices.ts';
import type { ManageBlocksPorts } from '../../../provider/flows/person/manage-blocks.ts';
import type { ManageUsersPorts } from '../../../provider/flows/person/manage-users.ts';
import type { AuditTrail, Clock, Entropy, Settings } from '../../../provider/flows/ports.ts';
import type { TokenSigner } from '../../../provider/flows/token/ports.ts';
import type { RequestTokensPorts } from '../../../provider/flows/token/request-tokens.ts';
import { hashOfCode } from './cast.ts';
import { verifier } from './stand-ins.ts';

/** What an instance of a function is made of. */
export type Own = {
  readonly directory: Table;
  readonly transactions: Table;
  readonly sns: CallSns;
  readonly sqs: ConstructorParameters<typeof SqsMessages>[0];
  readonly kms: CallKms;
  readonly signer: TokenSigner;
  readonly audit: AuditTrail;
  readonly sender: NotificationSender & PushSender;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};

// The functions as their `wiring.ts` composes them: the same flows over the same adapters. In place of what a test
// cannot have there are stand-ins: the signatures, the log, and the clients of AWS.

function shared({ clock, settings, entropy, audit }: Own) {
  return { clock, settings, entropy, audit, verifier, profile: STANDARD_PROFILE };
}

/** Nobody here has keys at a URL. */
const remoteKeySets = { find: async () => ({ failure: 'name_not_found' }) };
const userCodeHashes = {
  hash: async (code: string) => hashOfCode(code),
  matches: async (code: string, hash: string | undefined) => hash === hashOfCode(code),
};

type AskingPorts = RequestAuthenticationPorts & WithdrawRequestPorts & EnterNumberPorts & ResendRequestPorts;

export function askingFunction(own: Own): AskingPorts {
  const { directory, transactions, entropy, clock, sns } = own;
  const people = new PeopleTable(directory, entropy);
  return {
    ...shared(own),
    clients: new ClientsTable(directory, clock),
    replays: new ReplaysTable(transactions, entropy, clock),
    remoteKeySets,
    people,
    devices: people,
    userCodeHashes,
    openRequests: new OpenRequestsTable(transactions, entropy),
    metRequests: new RungRequestsTable(transactions, entropy),
    openQuestions: new OpenQuestionsTable(transactions),
    silentDenials: new SilentDenialsTable(directory, entropy),
    silentDenialEnds: new SilentDenialEndsTable(directory, entropy),
    announcements: new SnsAnnouncements(sns, 'topic'),
    requests: new RequestsTable(transactions, entropy),
    withdrawable: new WithdrawableRequestsTable(transactions, entropy),
    numbers: new NumberedRequestsTable(transactions, entropy),
    rungRequests: new RungRequestsTable(transactions, entropy),
    rateWindows: new RateWindowsTable(transactions, entropy),
    push: new SnsPush(sns, undefined),
    keys: { find: async () => undefined },
  };
}

export function tokenFunction(own: Own): RequestTokensPorts {
  const { directory, transactions, entropy, clock, signer } = own;
  const people = new PeopleTable(directory, entropy);
  return {
    ...shared(own),
    clients: new ClientsTable(directory, clock),
    replays: new ReplaysTable(transactions, entropy, clock),
    remoteKeySets,
    people,
    devices: people,
    requests: new RedeemableRequestsTable(transactions, entropy),
    signer,
  };
}

export function deviceFunction(own: Own): AnswerPorts {
  const { directory, transactions, entropy, clock, sns } = own;
  const people = new PeopleAndDevicesTable(directory, entropy);
  return {
    ...shared(own),
    people,
    devices: people,
    openRequests: new OpenRequestsTable(transactions, entropy),
    openQuestions: new OpenQuestionsTable(transactions),
    blockRecords: new ClientBlocksTable(directory, entropy),
    replays: new ReplaysTable(transactions, entropy, clock),
    requests: new DecidableRequestsTable({ directory, transactions }, entropy),
    numbers: new NumberedRequestsTable(transactions, entropy),
    evidenceKeys: new EvidenceKeysTable(directory, entropy),
    evidenceSeal,
    announcements: new SnsAnnouncements(sns, 'topic'),
  };
}

export function notificationFunction(own: Own): NotifyPorts & RemindDevicesPorts & { readonly messages: SqsMessages } {
  const { directory, transactions, entropy, clock, sns, sqs, kms, sender, signer } = own;
  const people = new PeopleTable(directory, entropy);
  const messages = new SqsMessages(sqs, 'notifications');
  return {
    ...shared(own),
    notifications: new NotificationsTable(transactions),
    clients: new ClientsTable(directory, clock),
    sender,
    pushes: sender,
    people,
    devices: people,
    requests: new RedeemableRequestsTable(transactions, entropy),
    signer,
    seal: new KmsTokenSeal(new DeliveryKeysTable(directory, entropy), { kms, keyId: 'key' }, clock),
    later: messages,
    messages,
    rungRequests: new RungRequestsTable(transactions, entropy),
    rateWindows: new RateWindowsTable(transactions, entropy),
    push: new SnsPush(sns, undefined),
    deadLetters: new SqsDeadLetters(sqs, 'dead-letters'),
  };
}

export function adminFunction(own: Own): ManageClientsPorts & ManageUsersPorts & ManageBlocksPorts {
  const { directory, entropy, clock, sns } = own;
  const people = new PeopleAndDevicesTable(directory, entropy);
  const names = new ClientNames(directory, { entropy, clock, skeletonOf: async (name) => name });
  return {
    ...shared(own),
    clientRegistry: new ClientRegistryTable(directory, entropy, names),
    notificationAddresses: { isForbidden: () => false },
    peopleRegistry: new PeopleRegistryTable(directory, entropy, clock),
    people,
    devices: people,
    enrolments: new EnrolledDevicesTable(directory, entropy),
    endpoints: new LeavableSnsEndpoints(sns, directory),
    blockEnds: new ClientBlockEndsTable(directory),
  };
}

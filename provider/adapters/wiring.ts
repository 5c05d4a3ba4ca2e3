import type { RequestAuthenticationPorts } from '../flows/asking/request-authentication.ts';
import type { ManageClientsPorts } from '../flows/client/manage-clients.ts';
import type { AnswerPorts } from '../flows/deciding/answer-request.ts';
import type { PlatformApplicationPorts } from '../flows/device/apply-platform-application.ts';
import type { EnrolPorts } from '../flows/device/enrol-device.ts';
import type { EndpointEventPorts } from '../flows/device/handle-endpoint-event.ts';
import type { ManageDevicePorts } from '../flows/device/manage-device.ts';
import type { RotateKeysPorts } from '../flows/keys/rotate-keys.ts';
import type { NotifyPorts } from '../flows/notifying/notify-client.ts';
import type { SyntheticLoginPorts } from '../flows/operating/log-in-synthetically.ts';
import type { SyntheticSetUpPorts } from '../flows/operating/set-up-synthetic-login.ts';
import type { ManageUsersPorts } from '../flows/person/manage-users.ts';
import type { PublishedSigningKeys, Settings } from '../flows/ports.ts';
import type { RedeemPorts } from '../flows/token/redeem-auth-req-id.ts';
import { createDynamoDB, createKms, createPatientKms, createSns, createSqs } from './aws-clients.ts';
import { readResources, readSettings } from './config.ts';
import { createLambda, createPatientSns, createSecrets, sendToCloudFormation } from './deployment-clients.ts';
import { ClientsTable } from './dynamodb/clients-table.ts';
import { DirectoryTable } from './dynamodb/directory-table.ts';
import { NotificationsTable } from './dynamodb/notifications-table.ts';
import { RateWindowsTable } from './dynamodb/rate-windows-table.ts';
import { ReplaysTable } from './dynamodb/replays-table.ts';
import { RequestsTable } from './dynamodb/requests-table.ts';
import { SigningKeysTable } from './dynamodb/signing-keys-table.ts';
import { Table } from './dynamodb/table.ts';
import { TicketsTable } from './dynamodb/tickets-table.ts';
import { UsersTable } from './dynamodb/users-table.ts';
import { entropy } from './entropy.ts';
import { HttpsNotification } from './https/https-notification.ts';
import { JoseSigner } from './jose/jose-signer.ts';
import { joseVerifier } from './jose/jose-verifier.ts';
import { KeyCache } from './key-cache.ts';
import { KmsKeyMaker, KmsPrivateKeys } from './kms/kms-keys.ts';
import { SigningKeysFunction } from './lambda/signing-keys-function.ts';
import { createAuditTrail, createLog, type Log } from './log.ts';
import { EndpointUsers } from './sns/endpoint-users.ts';
import { PushSecrets, SnsPlatformApplications } from './sns/platform-applications.ts';
import { SnsAnnouncements } from './sns/sns-announcements.ts';
import { SnsEndpoints } from './sns/sns-endpoints.ts';
import { SnsPush } from './sns/sns-push.ts';
import { SqsMessages } from './sqs/sqs-messages.ts';
import {
  callProvider,
  makeDeviceKey,
  SyntheticItems,
  SyntheticSecrets,
  signAsDevice,
  verifiesIdToken,
  wait,
} from './synthetic-parts.ts';

// One function here for each deployed function, so that a bundle holds only what its function uses.

const clock = (): number => Math.floor(Date.now() / 1000);

/** A function's ports with the log its requests go to. */
export type Wired<Ports> = { readonly ports: Ports; readonly log: Log };

export function wireBackchannelAuthentication(): Wired<RequestAuthenticationPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const users = new UsersTable(directory);
  const ports = {
    ...clientAuthentication(directory, transactions),
    users,
    devices: users,
    requests: new RequestsTable(transactions, entropy),
    rateWindows: new RateWindowsTable(transactions, entropy),
    push: new SnsPush(createSns(), resources.apnsTopic),
    entropy,
    audit: createAuditTrail('backchannel-authentication'),
  };
  return { ports, log: logOf('backchannel-authentication') };
}

export function wireToken(): Wired<RedeemPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const keys = new KeyCache(new SigningKeysTable(directory, entropy), clock);
  const ports = {
    ...clientAuthentication(directory, transactions),
    requests: new RequestsTable(transactions, entropy),
    signer: new JoseSigner(keys, new KmsPrivateKeys(createKms(), resources.signingKmsKey)),
    entropy,
    audit: createAuditTrail('token'),
  };
  return { ports, log: logOf('token') };
}

export function wireProviderMetadata(): Wired<{ settings: Settings; keys: PublishedSigningKeys }> {
  const directory = new Table(createDynamoDB(), readResources().directoryTable);
  const keys = new KeyCache(new SigningKeysTable(directory, entropy), clock);
  return { ports: { settings: readSettings(), keys }, log: logOf('provider-metadata') };
}

export function wireDevice(): Wired<EnrolPorts & ManageDevicePorts & AnswerPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const users = new UsersTable(directory);
  const sns = createSns();
  const ports = {
    users,
    devices: users,
    tickets: new TicketsTable(transactions),
    replays: new ReplaysTable(transactions, entropy, clock),
    requests: new RequestsTable(transactions, entropy),
    announcements: new SnsAnnouncements(sns, resources.notificationTopic),
    endpoints: new SnsEndpoints(sns, directory, resources.applicationArns),
    push: new SnsPush(sns, resources.apnsTopic),
    verifier: joseVerifier,
    entropy,
    clock,
    settings: readSettings(),
    audit: createAuditTrail('device'),
  };
  return { ports, log: logOf('device') };
}

export function wireClientNotification() {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const queue = new SqsMessages(createSqs(), resources.notificationQueueUrl);
  const ports: NotifyPorts = {
    notifications: new NotificationsTable(new Table(dynamodb, resources.transactionsTable)),
    clients: new ClientsTable(new Table(dynamodb, resources.directoryTable), clock),
    sender: new HttpsNotification(resources.notificationNetworks),
    entropy,
    clock,
  };
  return { ports, log: logOf('client-notification'), postpone: queue.postpone.bind(queue) };
}

export function wireAdmin(): Wired<ManageClientsPorts & ManageUsersPorts> {
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

export function wireSigningKeys(): Wired<RotateKeysPorts> {
  const resources = readResources();
  const ports = {
    keys: new SigningKeysTable(new Table(createDynamoDB(), resources.directoryTable), entropy),
    maker: new KmsKeyMaker(createPatientKms(), resources.signingKmsKey),
    entropy,
    clock,
    settings: readSettings(),
    audit: createAuditTrail('signing-keys'),
  };
  return { ports, log: logOf('signing-keys') };
}

export function wireEndpointEvents(): Wired<EndpointEventPorts> {
  const directory = new Table(createDynamoDB(), readResources().directoryTable);
  const ports = {
    endpoints: new EndpointUsers(createSns(), directory),
    devices: new UsersTable(directory),
    audit: createAuditTrail('endpoint-events'),
    clock,
  };
  return { ports, log: logOf('endpoint-events') };
}

export function wirePlatformApplication() {
  const log = logOf('platform-application');
  const ports: PlatformApplicationPorts = {
    applications: readResources().platformApplications,
    secrets: new PushSecrets(createSecrets()),
    platforms: new SnsPlatformApplications(createPatientSns()),
  };
  const reason = 'push_credential_not_applied';
  const tell = (platform: string, detail: string): void =>
    log.request({
      route: `credential ${platform}`,
      status: 424,
      reason,
      detail,
      duration_ms: 0,
      correlation_id: platform,
    });
  return { ports, tell, sendAnswer: sendToCloudFormation };
}

export function wireFirstKeys() {
  const signingKeys = new SigningKeysFunction(createLambda(), readResources().signingKeysFunction);
  return { signingKeys, sendAnswer: sendToCloudFormation };
}

export function wireSyntheticSetUp(): { ports: SyntheticSetUpPorts; sendAnswer: typeof sendToCloudFormation } {
  const resources = readResources();
  const ports = {
    cast: new SyntheticItems(new Table(createDynamoDB(), resources.directoryTable)),
    secret: new SyntheticSecrets(createSecrets(), resources.syntheticSecret),
    makeDeviceKey,
    entropy,
    clock,
    audit: createAuditTrail('synthetic-setup'),
  };
  return { ports, sendAnswer: sendToCloudFormation };
}

export function wireSyntheticLogin(): { ports: SyntheticLoginPorts; sendAnswer: typeof sendToCloudFormation } {
  const ports = {
    issuer: readSettings().issuer,
    secret: new SyntheticSecrets(createSecrets(), readResources().syntheticSecret),
    call: callProvider,
    sign: signAsDevice,
    verifies: verifiesIdToken,
    wait,
    entropy,
    clock,
  };
  return { ports, sendAnswer: sendToCloudFormation };
}

function logOf(service: string): Log {
  return createLog(service, readResources().metricsNamespace);
}

function clientAuthentication(directory: Table, transactions: Table) {
  return {
    clients: new ClientsTable(directory, clock),
    replays: new ReplaysTable(transactions, entropy, clock),
    verifier: joseVerifier,
    clock,
    settings: readSettings(),
  };
}

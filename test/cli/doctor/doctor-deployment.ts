import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { type SelfSigned, selfSigned } from '../../../local/runtime/self-signed.ts';
import { prepared } from '../../support/prepared.ts';
import { type Account, FakeAws } from '../support/aws-account.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { type SignedDeployment, startSignedDeployment } from '../support/signed-deployment.ts';
import { policyOf, policyStatements, ROLES } from './deployed-policies.ts';

export const HOST = 'login.example.com';
export const STACK = 'ciba-test';
const REGION = 'eu-central-1';
const here = `arn:aws:sns:${REGION}:111122223333`;
export const APNS = `${here}:app/APNS/${STACK}`;
export const GCM = `${here}:app/GCM/${STACK}`;
export const TOPIC = `${here}:alarms`;
export const CERTIFICATE = `arn:aws:acm:${REGION}:111122223333:certificate/1`;
export const SYNTHETIC = `arn:aws:lambda:${REGION}:111122223333:function:synthetic:live`;
export const MAPPING = '5d2f8a30-0000-4000-8000-000000000001';
export const KMS_KEY = `arn:aws:kms:${REGION}:111122223333:key/1234abcd`;
export const DIRECTORY = `arn:aws:dynamodb:${REGION}:111122223333:table/ciba-directory`;
export const PINGS = `https://sqs.${REGION}.amazonaws.com/111122223333/pings`;
export const DEAD_LETTERS = `https://sqs.${REGION}.amazonaws.com/111122223333/dead-letters`;
const SIGNING_KEYS = `arn:aws:lambda:${REGION}:111122223333:function:signing-keys:live`;
/** The functions with rights on push endpoints: the value of the output, and what each does to endpoints. */
const PUSHING = {
  FunctionAdmin: ['admin-1', ['DeleteEndpoint']],
  FunctionBackchannelAuthentication: ['backchannel-1', ['Publish']],
  FunctionClientNotification: ['client-notification-1', ['Publish']],
  FunctionDevice: ['device-1', ['Publish', 'GetEndpointAttributes', 'SetEndpointAttributes', 'DeleteEndpoint']],
  FunctionEndpointEvents: ['endpoint-events-1', ['GetEndpointAttributes']],
} as const;
/** The function behind the device API, as it is invoked. */
export const DEVICE = `${PUSHING.FunctionDevice[0]}:live`;
const DAY_MILLISECONDS = 86_400_000;

export const inDays = (days: number) => new Date(Date.now() + days * DAY_MILLISECONDS);
const seconds = (instant: Date) => Math.floor(instant.getTime() / 1000);

/** What `ciba doctor --json` prints. */
type Report = {
  healthy: boolean;
  url?: string;
  stack?: string;
  region?: string;
  checks: { name: string; state: string; says: string; todo?: string; see?: string }[];
};

/** What DynamoDB says of a table with point-in-time recovery. */
const RECOVERY = {
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: 'ENABLED',
      EarliestRestorableDateTime: seconds(inDays(-35)),
    },
  },
};

/** The public halves of the keys of an algorithm: one that signs for 40 days, and the next. */
function storedKeys(query: string): readonly object[] {
  if (!query.includes('KEY#')) return [];
  const number = (instant: Date) => ({ N: String(seconds(instant)) });
  return [
    { state: { S: 'active' }, created_at: number(inDays(-42)), active_from: number(inDays(-40)) },
    { state: { S: 'next' }, created_at: number(inDays(-40)) },
  ];
}

/** An account in which everything is as it should be. */
export function goodAccount(): Account {
  const names = ['faults', 'latency', 'rotation-missed', 'concurrency'].map((name) => `${STACK}-${name}`);
  return {
    stack: {
      name: STACK,
      status: 'UPDATE_COMPLETE',
      createdAt: inDays(-40),
      outputs: {
        Issuer: `https://${HOST}/`,
        SigningKeysFunction: SIGNING_KEYS,
        SyntheticLoginFunction: SYNTHETIC,
        PushApplications: `${APNS} ${GCM}`,
        Certificates: CERTIFICATE,
        NotificationMapping: MAPPING,
        DeadLetterQueue: DEAD_LETTERS,
        SigningKmsKey: KMS_KEY,
        DirectoryTable: 'ciba-directory',
        AuditBucket: 'ciba-audit',
        RoleToken: ROLES.token,
        RoleClientNotification: ROLES.clientNotification,
        RoleSigningKeys: ROLES.signingKeys,
        RecoveryRole: ROLES.recovery,
        NotificationQueue: PINGS,
        FunctionToken: 'token-1',
        FunctionTokenRevocation: 'token-revocation-1',
        FunctionProviderMetadata: 'provider-metadata-1',
        FunctionSigningKeys: 'signing-keys-1',
        ...Object.fromEntries(Object.entries(PUSHING).map(([output, [name]]) => [output, name])),
      },
    },
    resources: [
      ['ProviderApi', 'AWS::ApiGatewayV2::Api', 'a1b2c3'],
      ...names.map((name, index) => [`Alarm${index}`, 'AWS::CloudWatch::Alarm', name] as const),
      ['TokenLogs', 'AWS::Logs::LogGroup', 'token-logs'],
      ['DeviceLogs', 'AWS::Logs::LogGroup', 'device-logs'],
      ['AccessLog', 'AWS::Logs::LogGroup', 'access-log'],
      ['TokenAudit', 'AWS::Logs::SubscriptionFilter', `token-logs|${STACK}-audit`],
      ['DeviceAudit', 'AWS::Logs::SubscriptionFilter', `device-logs|${STACK}-audit`],
      ['AlarmOfOthers', 'AWS::CloudWatch::CompositeAlarm', `${STACK}-logins-fail`],
      ['ProviderSigningKeyRotationSchedule1', 'AWS::Events::Rule', 'rule-1'],
      ['ProviderSyntheticLoginSchedule1', 'AWS::Events::Rule', 'rule-2'],
    ],
    alarms: {
      ...Object.fromEntries(names.map((name) => [name, { actions: [TOPIC] }])),
      [`${STACK}-concurrency`]: { actions: [TOPIC], threshold: 800 },
      [`${STACK}-logins-fail`]: { actions: [TOPIC], composite: true },
    },
    concurrency: 1000,
    subscriptions: { 'token-logs': [`${STACK}-audit`, 'other'], 'device-logs': [`${STACK}-audit`], 'access-log': [] },
    runs: [{ at: seconds(new Date()) - 3600, failed: false }],
    applications: {
      [APNS]: { Enabled: 'true', AuthenticationMethod: 'token', ApplePlatformTeamID: 'ABCDE12345' },
      [GCM]: { Enabled: 'true', AuthenticationMethod: 'token' },
    },
    topics: { [TOPIC]: [`${TOPIC}:1`] },
    certificates: { [CERTIFICATE]: { DomainName: HOST, Status: 'ISSUED', NotAfter: seconds(inDays(200)) } },
    mappings: { [MAPPING]: 'Enabled' },
    queues: { [DEAD_LETTERS]: [0, 0], [PINGS]: [0, 0] },
    answers: {
      DescribeContinuousBackups: () => RECOVERY,
      GetAlias: () => ({ FunctionVersion: '7' }),
      GetFunctionConfiguration: () => ({ Environment: { Variables: {} } }),
      Query: ({ ExpressionAttributeValues }) => ({ Items: storedKeys(JSON.stringify(ExpressionAttributeValues)) }),
    },
    metrics: { ConcurrentExecutions: [12, 40], Throttles: [0], ApproximateAgeOfOldestMessage: [0] },
    functions: {
      [SYNTHETIC]: async () => null,
      ...Object.fromEntries(
        Object.values(PUSHING).map(([name, actions]) => [`${name}:live`, async () => rightsReport(actions)]),
      ),
    },
    policies: {
      [KMS_KEY]: policyOf(policyStatements().key),
      [DIRECTORY]: policyOf(policyStatements().table),
    },
    trails: {
      'all-regions': {
        logging: true,
        selectors: {
          EventSelectors: [
            {
              ReadWriteType: 'All',
              IncludeManagementEvents: true,
              DataResources: [],
              ExcludeManagementEventSources: [],
            },
          ],
        },
      },
    },
    denied: new Set(),
  };
}

/** What a function answers to a self-check. */
export function rightsReport(actions: readonly string[], answer: object = { result: 'allowed', error: 'NotFound' }) {
  return { platforms: ['GCM'], rights: actions.map((action) => ({ platform: 'GCM', action, ...answer })) };
}

/** A whole deployment as the command sees it: the provider by its name over TLS, and the AWS account that it is in. */
export class DoctorDeployment implements AsyncDisposable {
  readonly aws: FakeAws;
  readonly runtime: Runtime;
  /** More headers of the provider's answers. */
  readonly headers: Record<string, string>;
  /** Environment of the command. */
  readonly env: Record<string, string>;
  readonly #started: AsyncDisposableStack;
  readonly #pair: SelfSigned;
  readonly #present: (pair: SelfSigned) => void;

  private constructor(
    parts: {
      aws: FakeAws;
      runtime: Runtime;
      headers: Record<string, string>;
      env: Record<string, string>;
      pair: SelfSigned;
      present: (pair: SelfSigned) => void;
    },
    started: AsyncDisposableStack,
  ) {
    this.aws = parts.aws;
    this.runtime = parts.runtime;
    this.headers = parts.headers;
    this.env = parts.env;
    this.#pair = parts.pair;
    this.#present = parts.present;
    this.#started = started;
  }

  static async start(): Promise<DoctorDeployment> {
    const started = new AsyncDisposableStack();
    const runtime = await startRuntime({ ...prepared(), port: 0, variables: { ISSUER: `https://${HOST}/` } });
    started.defer(() => runtime.close());
    const key = { id: 'AKIDEXAMPLE', secret: 'secret' };
    const api = await startSignedDeployment(runtime, { url: `https://${HOST}`, key, region: REGION });
    started.defer(() => api.close());
    const aws = new FakeAws(goodAccount());
    const endpoint = await aws.listen();
    started.defer(() => aws.close());
    const pair = selfSigned(HOST, inDays(200));
    const tls = createServer(pair);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    started.defer(() => void tls.close());
    const folder = await mkdtemp(join(tmpdir(), 'ciba-doctor-'));
    started.defer(() => rm(folder, { recursive: true }));
    const authority = join(folder, 'ca.pem');
    await writeFile(authority, pair.cert);
    const env = environmentFor(api, { endpoint, authority, port: (tls.address() as AddressInfo).port });
    return new DoctorDeployment(
      { aws, runtime, headers: api.headers, env, pair, present: (other) => tls.setSecureContext(other) },
      started,
    );
  }

  /** Shows callers another certificate from now on. Returns the environment of a command that trusts it. */
  async presentCertificate(until: Date): Promise<Record<string, string>> {
    const pair = selfSigned(HOST, until);
    this.#present(pair);
    const folder = await mkdtemp(join(tmpdir(), 'ciba-doctor-'));
    this.#started.defer(() => rm(folder, { recursive: true }));
    const authority = join(folder, 'ca.pem');
    await writeFile(authority, pair.cert);
    return { ...this.env, NODE_EXTRA_CA_CERTS: authority };
  }

  /** One run as JSON: the exit code, what each check found, and the names of those that are not good. */
  async examine(env: Record<string, string> = this.env, args: readonly string[] = ['--stack', STACK]) {
    const { code, stdout, stderr } = await cibaInOne(['doctor', '--json', ...args], { env });
    const report = JSON.parse(stdout) as Report;
    if (stderr !== '' || report.healthy !== (code === 0)) throw new Error(`exit ${code}: ${stderr}${stdout}`);
    const found = (name: string) => report.checks.find((check) => check.name === name);
    // The functions are compared with a package, which this repository has none of: function-versions.test.ts.
    const checks = report.checks.filter(({ name }) => name !== 'Functions');
    const bad = checks.filter(({ state }) => state !== 'good').map(({ name }) => name);
    return { code, report, found, bad };
  }

  /** Puts everything in order again. */
  reset(): void {
    this.aws.account = goodAccount();
    for (const name of Object.keys(this.headers)) delete this.headers[name];
    this.#present(this.#pair);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync();
  }
}

function environmentFor(
  { env }: SignedDeployment,
  { endpoint, authority, port }: { endpoint: string; authority: string; port: number },
): Record<string, string> {
  const { CIBA_URL: _url, NODE_OPTIONS = '', ...others } = env;
  const reroute = fileURLToPath(new URL('../support/reroute-tls.mjs', import.meta.url));
  return {
    ...others,
    NODE_OPTIONS: `${NODE_OPTIONS} --import ${reroute}`,
    NODE_EXTRA_CA_CERTS: authority,
    REROUTE_TLS_PORT: String(port),
    AWS_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
  };
}

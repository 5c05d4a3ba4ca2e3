import { type Account, FakeAws } from './aws-account.ts';
import { FakeLogs } from './cloudwatch-logs.ts';

export const STACK = 'ciba-test';
const REGION = 'eu-central-1';
/** The functions of the stack, by the logical id of their log group. */
const GROUPS = {
  ProviderbackchannelauthenticationLogs0A1B2C3D: 'ciba-test-asking',
  ProvidertokenLogs0A1B2C3D: 'ciba-test-token',
  ProvidertokenrevocationLogs0A1B2C3D: 'ciba-test-revocation',
  ProviderdeviceLogs0A1B2C3D: 'ciba-test-device',
  ProviderclientnotificationLogs0A1B2C3D: 'ciba-test-pings',
  ProviderendpointeventsLogs0A1B2C3D: 'ciba-test-endpoint-events',
  ProvidereventsLogs0A1B2C3D: 'ciba-test-events',
  ProviderbeforetrafficLogs0A1B2C3D: 'ciba-test-hook',
  ProviderApiAccessLog0A1B2C3D: 'ciba-test-access-log',
} as const;
export type Group = (typeof GROUPS)[keyof typeof GROUPS];

/** A stack with log groups, in an account that answers for CloudFormation and CloudWatch Logs. */
export class LoggedStack implements Disposable {
  readonly aws: FakeAws;
  readonly logs = new FakeLogs();
  readonly env: Record<string, string>;

  private constructor(aws: FakeAws, endpoint: string) {
    this.aws = aws;
    this.aws.account.logs = this.logs;
    this.env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
  }

  static async start(): Promise<LoggedStack> {
    const aws = new FakeAws(accountOf());
    return new LoggedStack(aws, await aws.listen());
  }

  /** Adds the line of a call. */
  call(group: Group, members: Record<string, unknown>, when: { at?: number; visibleFrom?: number } = {}): string {
    const { at = Date.now() } = when;
    const timestamp = new Date(at).toISOString();
    const line = JSON.stringify({ level: 'INFO', message: 'request', timestamp, duration_ms: 20, ...members });
    this.logs.add(group, line, { ...when, at });
    return line;
  }

  /** The inputs of all calls of an action. */
  inputs(action: string): readonly Record<string, unknown>[] {
    return this.aws.calls.filter((call) => call.action === action).map(({ input }) => input);
  }

  [Symbol.dispose](): void {
    this.aws.close();
  }
}

function accountOf(): Account {
  return {
    stack: {
      name: STACK,
      status: 'UPDATE_COMPLETE',
      createdAt: new Date(),
      outputs: { Issuer: 'https://login.example.com/' },
    },
    resources: Object.entries(GROUPS).map(([logical, physical]) => [logical, 'AWS::Logs::LogGroup', physical] as const),
    alarms: {},
    runs: [],
    applications: {},
    topics: {},
    certificates: {},
    mappings: {},
    queues: {},
    functions: {},
    policies: {},
    trails: {},
    concurrency: 1000,
    subscriptions: {},
    answers: {},
    denied: new Set(),
  };
}

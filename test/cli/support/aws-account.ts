import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FakeLogs } from './cloudwatch-logs.ts';

/** An alarm as CloudWatch tells it, as far as tests are about it. */
export type FakeAlarm = {
  readonly actions?: readonly string[];
  readonly enabled?: boolean;
  readonly state?: 'OK' | 'ALARM';
  /** Since when it has this state. */
  readonly since?: Date;
  readonly description?: string;
  readonly threshold?: number;
  /** Whether it combines other alarms. */
  readonly composite?: true;
};
/** What is in the account. Tests change it. */
export type Account = {
  stack: { name: string; status: string; createdAt: Date; outputs: Record<string, string> };
  /** The outputs of the stack of the shield, if there is one. */
  shield?: Record<string, string>;
  /** Logical id, type, physical id. */
  resources: (readonly [string, string, string])[];
  alarms: Record<string, FakeAlarm>;
  /** Epoch seconds of runs of signing-keys, latest first, and whether they failed. */
  runs: { at: number; failed: boolean }[];
  /** Attributes by the ARN of the platform application. */
  applications: Record<string, Record<string, string>>;
  /** SubscriptionArn of each subscription, by topic. */
  topics: Record<string, string[]>;
  certificates: Record<string, Record<string, unknown>>;
  /** State of each event source mapping, by its id. */
  mappings: Record<string, string>;
  /** Messages that can be received and messages that somebody has, by the URL of the queue. */
  queues: Record<string, readonly [number, number]>;
  /** What functions answer, by name or ARN; an Error is what they throw. */
  functions: Record<string, (payload: Record<string, unknown>) => Promise<unknown>>;
  /** Policies by the ARN of the key or the table that they are on. */
  policies: Record<string, string>;
  /** Trails of CloudTrail by their name: whether each is on, and what GetEventSelectors answers. */
  trails: Record<string, { readonly logging: boolean; readonly selectors: Record<string, unknown> }>;
  /** How many functions the account may run at once. */
  concurrency: number;
  /** Names of subscription filters by log group. */
  subscriptions: Record<string, readonly string[]>;
  /** What other actions answer. An Error is what AWS refuses with: its name and its message. */
  answers: Record<string, (input: Record<string, unknown>) => object | Error>;
  /** Values of metrics by their names, in the last minutes. Without any, the runs of `runs`. */
  metrics?: Record<string, readonly number[]>;
  /** The lines in the log groups. */
  logs?: FakeLogs;
  /** Actions that the operator's identity lacks. */
  denied: Set<string>;
};
type Call = {
  readonly action: string;
  readonly input: Record<string, unknown>;
  /** The region that the call was signed for. */
  readonly region?: string | undefined;
};
type Reply = { readonly status: number; readonly body: string; readonly headers?: Record<string, string> };

/** CloudFormation, CloudWatch, CloudTrail, KMS, DynamoDB, SNS, SQS, ACM and Lambda on one loopback port, told apart as the SDK's protocols tell them. */
export class FakeAws {
  account: Account;
  readonly calls: Call[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      console.error('AWS stand-in:', error);
      response.writeHead(500).end();
    });
  });

  constructor(account: Account) {
    this.account = account;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString();
    const { status, headers, body: answer } = await this.#answer(request, body);
    response.writeHead(status, headers).end(answer);
  }

  async #answer(request: IncomingMessage, body: string): Promise<Reply> {
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1];
    if (name !== undefined) return this.#invoke(decodeURIComponent(name), JSON.parse(body));
    const mapping = /^\/2015-03-31\/event-source-mappings\/([^/]+)$/.exec(request.url ?? '')?.[1];
    if (mapping !== undefined) return this.#mapping(decodeURIComponent(mapping));
    if (request.url?.startsWith('/2016-08-19/account-settings')) return this.#accountSettings();
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      // CloudTrail has dots in the name of its service.
      const action = target.split('.').at(-1) ?? '';
      const input = JSON.parse(body) as Record<string, unknown>;
      const [, region] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
      this.calls.push({ action, input, region });
      if (this.account.denied.has(action)) return refuseJson('AccessDeniedException', denial(action));
      const told =
        this.account.logs?.answer(action, input) ??
        this.#told(action, input) ??
        JSON_ACTIONS[action]?.(this.account, input);
      return told ?? refuseJson('UnknownOperationException', action);
    }
    const rest = restActionOf(request.url ?? '');
    if (rest) {
      this.calls.push(rest);
      if (this.account.denied.has(rest.action)) return refuseJson('AccessDeniedException', denial(rest.action));
      return this.#told(rest.action, rest.input) ?? refuseJson('UnknownOperationException', rest.action);
    }
    const form = Object.fromEntries(new URLSearchParams(body));
    const action = form['Action'] ?? '';
    this.calls.push({ action, input: form });
    if (this.account.denied.has(action)) return refuseXml('AccessDenied', denial(action), 403);
    return QUERY_ACTIONS[action]?.(this.account, form) ?? refuseXml('InvalidAction', action);
  }

  #told(action: string, input: Record<string, unknown>): Reply | undefined {
    const answer = this.account.answers[action]?.(input);
    if (answer instanceof Error) return refuseJson(answer.name, answer.message);
    if (answer && 'xml' in answer) return { status: 200, body: String(answer.xml) };
    return answer && { status: 200, body: JSON.stringify(answer) };
  }

  #accountSettings(): Reply {
    const action = 'GetAccountSettings';
    this.calls.push({ action, input: {} });
    if (this.account.denied.has(action)) return refuseJson('AccessDeniedException', denial(action));
    return { status: 200, body: JSON.stringify({ AccountLimit: { ConcurrentExecutions: this.account.concurrency } }) };
  }

  #mapping(UUID: string): Reply {
    const action = 'GetEventSourceMapping';
    this.calls.push({ action, input: { UUID } });
    if (this.account.denied.has(action)) return refuseJson('AccessDeniedException', denial(action));
    const State = this.account.mappings[UUID];
    if (State === undefined)
      return { ...refuseJson('ResourceNotFoundException', 'The resource you requested does not exist.'), status: 404 };
    return { status: 200, body: JSON.stringify({ UUID, State }) };
  }

  async #invoke(name: string, payload: Record<string, unknown>): Promise<Reply> {
    this.calls.push({ action: 'Invoke', input: { name, payload } });
    if (this.account.denied.has('InvokeFunction')) return refuseJson('AccessDeniedException', denial('InvokeFunction'));
    const run = this.account.functions[name];
    if (!run) return { ...refuseJson('ResourceNotFoundException', `Function not found: ${name}`), status: 404 };
    return run(payload).then(
      (result) => ({ status: 200, body: JSON.stringify(result ?? null) }),
      (error: Error) => ({
        status: 200,
        headers: { 'x-amz-function-error': 'Unhandled' },
        body: JSON.stringify({ errorMessage: error.message }),
      }),
    );
  }
}

/** The action of a call that has its name in no header: by the path. */
function restActionOf(url: string): Call | undefined {
  const { pathname, searchParams } = new URL(url, 'http://aws');
  const input = Object.fromEntries(searchParams);
  const [, name, kind] = /^\/2015-03-31\/functions\/([^/]+)\/(aliases\/live|configuration)$/.exec(pathname) ?? [];
  if (name !== undefined)
    return {
      action: kind === 'configuration' ? 'GetFunctionConfiguration' : 'GetAlias',
      input: { name: decodeURIComponent(name) },
    };
  if (pathname === '/copy-jobs/') return { action: 'ListCopyJobs', input };
  return searchParams.has('replication') ? { action: 'GetReplicationConfiguration', input: { pathname } } : undefined;
}

const denial = (action: string) => `User: arn:aws:iam::1:user/o is not authorized to perform: x:${action}`;

function refuseJson(code: string, message: string): Reply {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': code };
  return { status: 400, headers, body: JSON.stringify({ __type: code, message, Message: message }) };
}

function refuseXml(code: string, message: string, status = 400): Reply {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function xml(action: string, result: string): Reply {
  const body = `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

const members = (items: readonly string[]) => items.map((item) => `<member>${item}</member>`).join('');
const tags = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');

/** Resources come in pages of this size, so that somebody has to turn them. */
const PAGE = 3;

const QUERY_ACTIONS: Record<string, (account: Account, form: Record<string, string>) => Reply> = {
  DescribeStacks({ stack: main, shield }, { StackName }) {
    const stack = shield && StackName === `${main.name}-shield` ? { ...main, name: StackName, outputs: shield } : main;
    if (StackName !== stack.name) return refuseXml('ValidationError', `Stack with id ${StackName} does not exist`);
    const outputs = Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => tags({ OutputKey, OutputValue }));
    const fields = { StackName, StackStatus: stack.status, CreationTime: stack.createdAt.toISOString() };
    return xml(
      'DescribeStacks',
      `<Stacks>${members([`${tags(fields)}<Outputs>${members(outputs)}</Outputs>`])}</Stacks>`,
    );
  },
  ListStackResources({ resources }, { NextToken = '0' }) {
    const start = Number(NextToken);
    const page = resources
      .slice(start, start + PAGE)
      .map(([LogicalResourceId, ResourceType, PhysicalResourceId]) =>
        tags({ LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus: 'CREATE_COMPLETE' }),
      );
    const next = start + PAGE < resources.length ? `<NextToken>${start + PAGE}</NextToken>` : '';
    return xml('ListStackResources', `<StackResourceSummaries>${members(page)}</StackResourceSummaries>${next}`);
  },
  GetPlatformApplicationAttributes({ applications }, { PlatformApplicationArn = '' }) {
    const attributes = applications[PlatformApplicationArn];
    if (!attributes) return refuseXml('NotFound', 'PlatformApplication does not exist', 404);
    const entries = Object.entries(attributes).map(([key, value]) => `<entry>${tags({ key, value })}</entry>`);
    return xml('GetPlatformApplicationAttributes', `<Attributes>${entries.join('')}</Attributes>`);
  },
  ListSubscriptionsByTopic({ topics }, { TopicArn = '' }) {
    const subscriptions = topics[TopicArn];
    if (!subscriptions) return refuseXml('NotFound', 'Topic does not exist', 404);
    const listed = members(subscriptions.map((SubscriptionArn) => tags({ SubscriptionArn, TopicArn })));
    return xml('ListSubscriptionsByTopic', `<Subscriptions>${listed}</Subscriptions>`);
  },
};

const trailArn = (name: string) => `arn:aws:cloudtrail:us-east-1:111122223333:trail/${name}`;
const nameOfTrail = (arn: unknown) => String(arn).split('/').at(-1) ?? '';

const JSON_ACTIONS: Record<string, (account: Account, input: Record<string, unknown>) => Reply> = {
  DescribeAlarms({ alarms }, { AlarmNames, AlarmTypes = ['MetricAlarm'] }) {
    const told = (type: 'MetricAlarm' | 'CompositeAlarm') => {
      const known = (AlarmTypes as string[]).includes(type) ? (AlarmNames as string[]) : [];
      return known.flatMap((AlarmName) => {
        const alarm = alarms[AlarmName];
        if (!alarm || Boolean(alarm.composite) !== (type === 'CompositeAlarm')) return [];
        const { description = '', enabled = true, actions = [], state = 'OK', threshold, since } = alarm;
        return [
          {
            AlarmName,
            AlarmDescription: description,
            ActionsEnabled: enabled,
            AlarmActions: actions,
            StateValue: state,
            ...(since && { StateTransitionedTimestamp: since.getTime() / 1000 }),
            Threshold: threshold,
          },
        ];
      });
    };
    const body = { MetricAlarms: told('MetricAlarm'), CompositeAlarms: told('CompositeAlarm') };
    return { status: 200, body: JSON.stringify(body) };
  },
  DescribeSubscriptionFilters({ subscriptions }, { logGroupName, filterNamePrefix = '' }) {
    const names = subscriptions[String(logGroupName)];
    if (!names) return refuseJson('ResourceNotFoundException', 'The specified log group does not exist.');
    const found = names.filter((name) => name.startsWith(String(filterNamePrefix)));
    const subscriptionFilters = found.map((filterName) => ({ filterName, logGroupName }));
    return { status: 200, body: JSON.stringify({ subscriptionFilters }) };
  },
  GetMetricData({ runs, metrics = {} }, { StartTime, MetricDataQueries }) {
    const [first] = MetricDataQueries as { Id: string; MetricStat: { Metric: { MetricName: string } } }[];
    const known = metrics[first?.MetricStat.Metric.MetricName ?? ''];
    if (known) {
      const Timestamps = known.map((_, index) => Math.floor(Date.now() / 1000) - 300 * index);
      return {
        status: 200,
        body: JSON.stringify({ MetricDataResults: [{ Id: first?.Id, Timestamps, Values: known }] }),
      };
    }
    const recent = runs.filter(({ at }) => at >= Number(StartTime));
    const result = (Id: string, Values: number[]) => ({ Id, Timestamps: recent.map(({ at }) => at), Values });
    const MetricDataResults = [
      result(
        'runs',
        recent.map(() => 1),
      ),
      result(
        'errors',
        recent.map(({ failed }) => (failed ? 1 : 0)),
      ),
    ];
    return { status: 200, body: JSON.stringify({ MetricDataResults }) };
  },
  GetQueueAttributes({ queues }, { QueueUrl }) {
    const counts = queues[String(QueueUrl)];
    if (!counts) return refuseJson('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
    const [visible, taken] = counts.map(String);
    const Attributes = {
      ApproximateNumberOfMessages: visible,
      ApproximateNumberOfMessagesNotVisible: taken,
    };
    return { status: 200, body: JSON.stringify({ Attributes }) };
  },
  GetKeyPolicy({ policies }, { KeyId }) {
    const Policy = policies[String(KeyId)];
    if (Policy === undefined) return refuseJson('NotFoundException', `Key '${KeyId}' does not exist`);
    return { status: 200, body: JSON.stringify({ Policy, PolicyName: 'default' }) };
  },
  GetResourcePolicy({ policies }, { ResourceArn }) {
    const Policy = policies[String(ResourceArn)];
    if (Policy === undefined) return refuseJson('PolicyNotFoundException', 'Resource-based policy not found');
    return { status: 200, body: JSON.stringify({ Policy, RevisionId: '1' }) };
  },
  DescribeTrails({ trails }) {
    const trailList = Object.keys(trails).map((Name) => ({
      Name,
      TrailARN: trailArn(Name),
      HomeRegion: 'us-east-1',
      IsMultiRegionTrail: true,
    }));
    return { status: 200, body: JSON.stringify({ trailList }) };
  },
  GetTrailStatus({ trails }, { Name }) {
    const trail = trails[nameOfTrail(Name)];
    if (!trail) return refuseJson('TrailNotFoundException', `Unknown trail: ${Name}`);
    return { status: 200, body: JSON.stringify({ IsLogging: trail.logging }) };
  },
  GetEventSelectors({ trails }, { TrailName }) {
    const trail = trails[nameOfTrail(TrailName)];
    if (!trail) return refuseJson('TrailNotFoundException', `Unknown trail: ${TrailName}`);
    return { status: 200, body: JSON.stringify({ TrailARN: TrailName, ...trail.selectors }) };
  },
  DescribeCertificate({ certificates }, { CertificateArn }) {
    const Certificate = certificates[String(CertificateArn)];
    if (!Certificate) return refuseJson('ResourceNotFoundException', `Could not find certificate ${CertificateArn}.`);
    return { status: 200, body: JSON.stringify({ Certificate }) };
  },
};

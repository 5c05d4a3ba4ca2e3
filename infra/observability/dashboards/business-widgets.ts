import { type IMetric, type IWidget, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { DataStack } from '../../data/data-stack.ts';
import type { Deployment } from '../../deployment.ts';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { ApplicationArns } from '../../push/application-arns.ts';
import type { AlarmSet } from '../alarms/alarm-set.ts';
import { ageMetric } from '../alarms/audit.ts';
import { daysToExpiry } from '../alarms/certificates.ts';
import { ageOfReminders, ageOfWrites, type EventSources } from '../alarms/events.ts';
import { pushMetric } from '../push-metric.ts';
import { FIVE_MINUTES, graph, search, whatToDo } from './graph.ts';

export type BusinessProps = Pick<Deployment, 'issuer' | 'alarms' | 'settings' | 'applicationArns'> & {
  /** Calls of /token, which Lambda counts, with those of the synthetic login: three each time. */
  readonly tokenCalls: IMetric;
  readonly syntheticLogin: ProviderFunction | undefined;
  readonly data: Pick<DataStack, 'audit'>;
  /** The deployment functions that also run between deployments. */
  readonly otherFunctions: readonly ProviderFunction[];
  /** Undefined without events for other systems. */
  readonly events: EventSources | undefined;
};

const REQUESTS = ['RequestsStarted', 'Approvals', 'Denials', 'FraudReports', 'Expiries'] as const;
const LIMITS = [
  'UsersLimited',
  'ClientsLimited',
  'ClientsGuessing',
  'WrongNumbers',
  'RequestsConcealed',
  'SlowDowns',
] as const;

/** Makes the widgets about logins: requests of clients, answers of users, and what went wrong in between. */
export function businessWidgets(props: BusinessProps): IWidget[][] {
  const { alarms, syntheticLogin } = props;
  return [
    [heading(props)],
    loginWidgets(alarms),
    [...hindranceWidgets(alarms), graph('Polling', [pollsPerLogin(props)])],
    authenticationWidgets(alarms),
    pushWidgets(alarms),
    deliveryWidgets(props),
    pingWidgets(alarms),
    [...auditWidgets(props), ...eventWidgets(props)],
    [
      graph('Cold starts', [alarms.metrics.metric('ColdStarts')]),
      ...(syntheticLogin ? [canary(syntheticLogin)] : []),
      ...certificateWidgets(props),
      ...shieldWidgets(props),
    ],
  ];
}

function loginWidgets({ metrics }: AlarmSet): IWidget[] {
  const metric = metrics.metric.bind(metrics);
  const approval = (statistic: string) => metric('ApprovalSeconds', { statistic, label: statistic });
  return [
    graph('Requests', metrics.all(REQUESTS)),
    graph('Logins', [metric('Logins'), metric('RepeatedRedemptions')]),
    graph('Seconds until approval', [approval('p50'), approval('p95')]),
  ];
}

/** Draws what kept requests from their users. */
function hindranceWidgets(alarms: AlarmSet): IWidget[] {
  const metric = alarms.metrics.metric.bind(alarms.metrics);
  return [
    graph(
      'Phones not reached',
      [metric('NoReachableDevice'), metric('PushOutages'), metric('PushEndpointsDead')],
      alarms.limitsOf('push-outage'),
    ),
    graph('Over a limit', alarms.metrics.all(LIMITS), alarms.limitsOf('push-bombing')),
  ];
}

function pollsPerLogin({ alarms, tokenCalls }: BusinessProps): MathExpression {
  return new MathExpression({
    expression: 'IF(logins > 0, calls / logins)',
    usingMetrics: { calls: tokenCalls, logins: alarms.metrics.metric('Logins') },
    label: 'token calls per login',
    period: FIVE_MINUTES,
  });
}

function authenticationWidgets(alarms: AlarmSet): IWidget[] {
  const metric = alarms.metrics.metric.bind(alarms.metrics);
  return [
    graph('Devices', [metric('DevicesEnrolled'), metric('DevicesRefused')]),
    graph(
      'Client authentication failures',
      [metric('ClientAuthenticationFailures'), metric('AssertionReplays'), metric('SecretsEnding')],
      alarms.limitsOf('assertion-replays'),
    ),
    graph('Refusals by function', [search(alarms.metrics.namespace, '{NS,service} MetricName="Refusals"')]),
  ];
}

function pushWidgets(alarms: AlarmSet): IWidget[] {
  return [
    graph(
      'Push credentials',
      [alarms.metrics.metric('PushCredentialsNotApplied'), alarms.metrics.metric('PushCredentialsRefused')],
      alarms.limitsOf('push-credentials'),
    ),
    graph('Pushes that SNS did not take, by kind', [
      search(alarms.metrics.namespace, '{NS,push_error} MetricName="PushErrors"'),
    ]),
    graph('Pushes that Apple or Google refused, by kind', [
      search(alarms.metrics.namespace, '{NS,detail} MetricName="PushDeliveryFailures"'),
    ]),
  ];
}

/** Draws what became of pushes that SNS took. The heading names platforms that are not set up. */
function deliveryWidgets({ applicationArns }: BusinessProps): IWidget[] {
  const arns = Object.values(applicationArns);
  if (arns.length === 0) return [];
  return [
    graph(
      'Pushes delivered',
      arns.map((arn) => pushMetric(arn, 'NumberOfNotificationsDelivered')),
    ),
    graph(
      'Pushes failed',
      arns.map((arn) => pushMetric(arn, 'NumberOfNotificationsFailed')),
    ),
  ];
}

function pingWidgets({ metrics }: AlarmSet): IWidget[] {
  return [
    graph('Pings by outcome', [
      search(metrics.namespace, '{NS,detail} MetricName="PingAttempts"'),
      metrics.metric('PingsGivenUp'),
    ]),
    graph('Seconds from decision to ping', [metrics.metric('PingSeconds', { statistic: 'p95', label: 'p95' })]),
  ];
}

/** Draws what the store of the audit trail did not acknowledge, and what has not reached its bucket yet. */
function auditWidgets({ alarms, data: { audit } }: BusinessProps): IWidget[] {
  const unconfirmed = graph(
    'Audit records that the store did not acknowledge',
    [alarms.metrics.metric('AuditUnconfirmed')],
    alarms.limitsOf('audit-unconfirmed'),
  );
  if (!audit) return [unconfirmed];
  const ages = [ageMetric(audit.stream).with({ label: 'events' }), ageMetric(audit.records).with({ label: 'records' })];
  return [
    unconfirmed,
    graph('Age in seconds of what has not reached the audit bucket', ages, alarms.limitsOf('audit-delayed')),
  ];
}

/** Draws how old events are that other systems have not got yet. */
function eventWidgets({ events, alarms }: BusinessProps): IWidget[] {
  if (!events) return [];
  const ages = [ageOfWrites(events.handler), ageOfReminders(events.queue)];
  const limits = [...alarms.limitsOf('events-delayed'), ...alarms.limitsOf('expiries-delayed')];
  return [graph('Age of events in seconds', ages, limits)];
}

function certificateWidgets({ alarms, settings: { domain, mtlsDomain } }: BusinessProps): IWidget[] {
  const days = [domain, mtlsDomain].flatMap((one) => (one ? [daysToExpiry(one).with({ label: one.name })] : []));
  if (days.length === 0) return [];
  return [graph('Days until a certificate expires', days, alarms.limitsOf('domain-certificate'))];
}

/** Makes the widget about the certificate of CloudFront. Empty without the shield. */
function shieldWidgets({ otherFunctions, alarms }: BusinessProps): IWidget[] {
  if (!otherFunctions.some(({ name }) => name === 'origin-certificate')) return [];
  const days = alarms.metrics.metric('CertificateDays', { minutes: 1440, statistic: 'Minimum' });
  return [graph('Days until a certificate of CloudFront ends', [days], alarms.limitsOf('origin-certificate'))];
}

/** Makes the title of the dashboard, with notes on push platforms that are not set up. */
function heading({ issuer, applicationArns, alarms }: BusinessProps): TextWidget {
  const notes = [appleNote(applicationArns), googleNote(applicationArns)].flatMap((note) => note ?? []);
  const markdown = [`# Logins at ${issuer}`, ...notes, whatToDo(alarms.runbook)].join('\n\n');
  return new TextWidget({ width: 24, height: 3 + notes.length, markdown });
}

function appleNote({ APNS, APNS_SANDBOX }: ApplicationArns): string | undefined {
  if (APNS) return undefined;
  return APNS_SANDBOX
    ? '**Pushes to iPhones (APNs) reach development builds only:** `apns` has no application for released apps. See docs/deploy.md, Pushes.'
    : '**Pushes to iPhones (APNs) are not set up:** no iPhone app can enrol for pushes. See docs/deploy.md, Pushes.';
}

function googleNote({ GCM }: ApplicationArns): string | undefined {
  if (GCM) return undefined;
  return '**Pushes to Android phones (FCM) are not set up:** no Android app can enrol for pushes. See docs/deploy.md, Pushes.';
}

/** Draws the share of scheduled logins that succeeded: the provider as its users see it. */
function canary({ alias }: ProviderFunction): IWidget {
  const period = FIVE_MINUTES;
  const success = new MathExpression({
    expression: '100 * (runs - failed) / runs',
    usingMetrics: {
      runs: alias.metricInvocations({ period, statistic: 'Sum' }),
      failed: alias.metricErrors({ period, statistic: 'Sum' }),
    },
    label: 'succeeded in percent',
    period,
  });
  return graph('Scheduled logins', [success]);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionNames } from '../../infra/functions.ts';
import { metrics } from '../../lambdas/core/metrics.ts';
import { Synthesized, synthesized, type Value } from './synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const alarms = production.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('alarms', () => {
  it('say what they mean, what to do first, and where to read on', () => {
    for (const { AlarmDescription, AlarmName } of alarms) {
      expect(AlarmDescription, AlarmName).toMatch(/\. First: .+ Runbook: docs\/operations\.md#alarm-[a-z-]+$/);
    }
  });

  it('have a section each in the runbook, and the runbook has no other', () => {
    const linked = alarms.map(({ AlarmDescription }) => AlarmDescription.split('#').at(-1));
    const headings = [...read('docs/operations.md').matchAll(/^#+ Alarm: (.+)$/gm)].map(([, text = '']) =>
      anchorOf(`Alarm: ${text}`),
    );
    expect([...new Set(linked)].toSorted()).toEqual(headings.toSorted());
  });

  it('reach the address of the settings, and tell when all is well again', () => {
    const [email] = production
      .all('AWS::SNS::Subscription')
      .filter(({ Properties }) => Properties.Protocol === 'email');
    expect(email?.Properties.Endpoint).toBe('on-call@example.com');
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toEqual([email?.Properties.TopicArn]);
      expect(OKActions).toEqual([email?.Properties.TopicArn]);
    }
  });

  it('exist without an address too, on the dashboard', () => {
    const there = minimal.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    expect(there.length).toBeGreaterThan(20);
    for (const { AlarmActions } of there) expect(AlarmActions).toBeUndefined();
  });

  it('hear of every function that fails, of pushes, replays, throttles, tables, keys, certificates and the audit trail', () => {
    const names = alarms.map(({ AlarmName }) => AlarmName.replace('ciba-production-', ''));
    expect(names).toEqual(expect.arrayContaining(functionNames.map((name) => `${name}-faults`)));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['server-errors', 'latency', 'throttles', 'directory-throttled', 'transactions-throttled', 'dead-letters'],
        ...['push-outage', 'push-credentials', 'repeated-redemption', 'assertion-replays', 'client-authentication'],
        ...['push-bombing', 'approval-rate', 'rotation-failed', 'rotation-missed', 'audit-delayed'],
        ...['domain-certificate', 'mtls-domain-certificate'],
      ]),
    );
  });
});

it('alarms link to the runbook where the settings say it is read', () => {
  const url = 'https://wiki.example.com/ciba/operations';
  const linked = new Synthesized({ stage: 'dev', removalPolicy: 'destroy', alarms: { runbookUrl: url } });
  const descriptions = linked.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmDescription);
  expect(descriptions.length).toBeGreaterThan(15);
  for (const description of descriptions) expect(description).toContain(` Runbook: ${url}#alarm-`);
});

describe('metrics', () => {
  const NAMESPACE = 'Ciba/ciba-production';
  const dashboards = production.all('AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties);
  const rules: Readonly<Record<string, { of: readonly string[]; dimensions?: readonly string[] }>> = metrics;
  const dimensionsOf = (name: string) => [...(rules[name]?.dimensions ?? [])];
  const alarmed = alarms.flatMap(metricsOf).filter((metric) => metric.Namespace === NAMESPACE);

  it('are in the log lines: there is nothing to deploy for them', () => {
    for (const template of [production, minimal]) expect(template.all('AWS::Logs::MetricFilter')).toEqual([]);
  });

  it('are counted by functions that there are, and that know the namespace of their stack', () => {
    const counting = Object.values(rules).flatMap(({ of }) => of);
    for (const name of new Set([...functionNames, ...counting]))
      expect(production.function(name).Properties.Environment.Variables.METRICS_NAMESPACE, name).toBe(NAMESPACE);
    expect(minimal.function('token').Properties.Environment.Variables.METRICS_NAMESPACE).toBe('Ciba/ciba-main');
  });

  it('are alarmed on by names that there are, with the dimensions that they are counted with', () => {
    expect(alarmed.length).toBeGreaterThan(15);
    for (const { MetricName, Dimensions = [] } of alarmed) {
      expect(Object.keys(rules)).toContain(MetricName);
      const names = Dimensions.map(({ Name }: Value) => Name);
      expect(names, MetricName).toEqual(dimensionsOf(MetricName));
    }
  });

  it('are on two dashboards', () => {
    expect(dashboards.map(({ DashboardName }) => DashboardName)).toEqual([
      'ciba-production-business',
      'ciba-production-technical',
    ]);
  });

  it('are drawn by names that there are, with the dimensions that they are counted with', () => {
    const drawn = dashboards.flatMap(({ DashboardBody }) => drawnIn(DashboardBody, NAMESPACE));
    for (const { name, dimensions } of drawn) {
      expect(Object.keys(rules)).toContain(name);
      expect(dimensions.toSorted(), name).toEqual(dimensionsOf(name).toSorted());
    }
    const names = drawn.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['RequestsStarted', 'Approvals', 'ApprovalSeconds', 'SlowDowns']));
    // Polls for each login, and a search that finds each error by itself.
    expect(names).toEqual(expect.arrayContaining(['TokenCalls', 'Logins', 'Refusals']));
  });

  it('are summed up so that one without any data takes nothing from the others', () => {
    const expressions = alarms.flatMap(({ Metrics = [] }) =>
      Metrics.flatMap(({ Expression }: Value) => Expression ?? []),
    );
    expect(expressions).toContain('SUM([errors, faults])');
    for (const expression of expressions) expect(expression).not.toMatch(/FILL|[a-z0-9)] \+/);
  });
});

/** The metrics that an alarm looks at, one or the parts of an expression. */
function metricsOf({ Namespace, MetricName, Dimensions, Metrics = [] }: Value): Value[] {
  const parts = Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Metric ?? []);
  return MetricName === undefined ? parts : [{ Namespace, MetricName, Dimensions }];
}

/** Metrics of a namespace on a dashboard, each with the names of its dimensions: drawn by name, or found by a search. */
function drawnIn(body: Value, namespace: string): { name: string; dimensions: string[] }[] {
  const text = typeof body === 'string' ? body : body['Fn::Join'][1].map((part: Value) => part.Ref ?? part).join('');
  const drawn: Value[][] = JSON.parse(text).widgets.flatMap(({ properties }: Value) => properties.metrics ?? []);
  return drawn.flatMap(([first, name, ...rest]) => {
    const search = /SEARCH\('\{"([^"]+)",([\w,]+)\} MetricName="(\w+)"'/.exec(first.expression ?? '');
    if (search)
      return search[1] === namespace ? [{ name: search[3] ?? '', dimensions: search[2]?.split(',') ?? [] }] : [];
    if (first !== namespace) return [];
    return [{ name, dimensions: rest.filter((one, index) => typeof one === 'string' && index % 2 === 0) }];
  });
}

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

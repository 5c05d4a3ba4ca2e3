import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../infra/functions.ts';
import { logMetrics } from '../../infra/log-metrics.ts';
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
  const filters = minimal.all('AWS::Logs::MetricFilter').map(({ Properties }) => Properties);

  it('are counted in the log of the functions that write the line', () => {
    const wanted = Object.values<{ from: readonly string[] }>(logMetrics).flatMap(({ from }) => from);
    // Without push credentials there is no function that applies them.
    expect(filters.length + 1).toBe(wanted.length);
  });

  it('name only reasons that a refusal can have', () => {
    const reasons = [...read('lambdas/core/refusal.ts').matchAll(/reason: '([a-z_]+)'/g)].map(([, name]) => name);
    const used = filters.flatMap(({ FilterPattern }) =>
      [...FilterPattern.matchAll(/\$\.reason = "([a-z_]+)"/g)].map(([, name]) => name),
    );
    expect(used.length).toBeGreaterThan(8);
    expect(reasons).toEqual(expect.arrayContaining(used));
  });

  it('name only routes that there are', () => {
    const routes = functionNames.flatMap((name) => functions[name].routes.map(String));
    const used = filters.flatMap(({ FilterPattern }) =>
      [...FilterPattern.matchAll(/\$\.route = "([^"]+)"/g)].map(([, name]) => name),
    );
    expect(routes).toEqual(expect.arrayContaining(used));
  });

  it('have dimensions of few values, none of them a client, a user or anything that was sent', () => {
    const fields = filters.flatMap(({ MetricTransformations: [metric] }) =>
      (metric.Dimensions ?? []).map(({ Value: field }: Value) => field),
    );
    expect(new Set(fields)).toEqual(new Set(['$.service', '$.error', '$.detail']));
  });
});

describe('dashboards', () => {
  it('are two, and show metrics that are counted', () => {
    const dashboards = minimal.all('AWS::CloudWatch::Dashboard').map(({ Properties }) => Properties);
    expect(dashboards.map(({ DashboardName }) => DashboardName)).toEqual(['ciba-main-business', 'ciba-main-technical']);
    const business = JSON.stringify(dashboards[0].DashboardBody);
    const shown = [...business.matchAll(/Ciba\/ciba-main\\+",\\+"([A-Za-z]+)\\+"/g)].map(([, name]) => name);
    expect(shown).toEqual(
      expect.arrayContaining(['RequestsStarted', 'Approvals', 'Denials', 'ApprovalSeconds', 'SlowDowns']),
    );
    expect(Object.keys(logMetrics)).toEqual(expect.arrayContaining(shown));
  });
});

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

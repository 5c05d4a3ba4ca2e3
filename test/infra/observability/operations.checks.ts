import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionNames } from '../../../infra/functions/deployed-functions.ts';
import { metrics } from '../../../provider/core/operating/metrics.ts';
import { Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const single = production.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const [composite] = production.all('AWS::CloudWatch::CompositeAlarm').map(({ Properties }) => Properties);
const alarms = [...single, composite ?? {}];
const alarm = (name: string): Value => alarms.find(({ AlarmName }) => AlarmName === `ciba-production-${name}`) ?? {};
const nameOf = ({ AlarmName }: Value): string => AlarmName.replace('ciba-production-', '');
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('alarms', () => {
  it('say what they mean, what to do first, and where to read on', () => {
    for (const { AlarmDescription, AlarmName } of alarms) {
      expect(AlarmDescription, AlarmName).toMatch(/\. First: .+ Runbook: docs\/operations\.md#alarm-[a-z-]+$/);
    }
  });

  it('have a section each in the runbook, and the runbook has no other', () => {
    const shielded = synthesized('shielded').all('AWS::CloudWatch::Alarm');
    const all = [...alarms, ...shielded.map(({ Properties }) => Properties)];
    const linked = all.map(({ AlarmDescription }) => AlarmDescription.split('#').at(-1));
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
    const names = alarms.map(nameOf);
    // Nobody calls signing-keys often enough for three failures in a minute: rotation-failed counts each.
    const called = [...functionNames.filter((name) => name !== 'signing-keys'), 'events'];
    const faults = called.map((name) => `${name}-faults`);
    expect(names.filter((name) => name.endsWith('-faults')).toSorted()).toEqual(faults.toSorted());
    expect(names).toEqual(
      expect.arrayContaining([
        ...[
          'server-errors',
          'latency-bc-authorize',
          'latency-token',
          'latency-response',
          'throttles',
          'other-throttles',
          'concurrency',
          'logins-fail',
          'directory-throttled',
          'transactions-throttled',
          'dead-letters',
        ],
        ...['push-delivery', 'pings-delayed', 'pings-given-up', 'pings-refused'],
        ...['push-outage', 'push-credentials', 'repeated-redemption', 'assertion-replays', 'client-authentication'],
        ...['push-bombing', 'approval-rate', 'rotation-failed', 'rotation-missed', 'audit-delayed'],
        ...[
          'audit-stopped',
          'audit-not-sent',
          'audit-throttled',
          'audit-not-delivered',
          'audit-changed',
          'counts-lost',
        ],
        ...['domain-certificate', 'mtls-domain-certificate', 'events-delayed', 'expiries-delayed'],
      ]),
    );
  });
});

describe('an alarm says how soon somebody must look', () => {
  it('now, if it pages; what means that users cannot log in pages once, for all that mean it', () => {
    const paging = alarms.filter(({ AlarmDescription }) => AlarmDescription.startsWith('Page: ')).map(nameOf);
    expect(paging.toSorted()).toEqual([
      'audit-changed',
      'audit-unconfirmed',
      'key-used-by-others',
      'logins-fail',
      'push-credentials',
    ]);
    const said = /These page: (.+?)\. All others are notices\./.exec(read('docs/operations.md'))?.[1] ?? '';
    expect([...said.matchAll(/\[([a-z-]+)\]\(#alarm-\1\)/g)].map(([, name]) => name)).toEqual(paging.toSorted());
    const others = alarms.filter(({ AlarmDescription }) => AlarmDescription.startsWith('Notice: '));
    expect(others).toHaveLength(alarms.length - paging.length);
    const behind = ['synthetic-login', 'server-errors', 'throttles', 'push-outage'];
    const faults = ['backchannel-authentication', 'token', 'device'].map((name) => `${name}-faults`);
    const rule = JSON.stringify(composite?.AlarmRule);
    for (const alarm of production.all('AWS::CloudWatch::Alarm')) {
      const isBehind = [...behind, ...faults].includes(nameOf(alarm.Properties));
      expect(rule.includes(`"${production.idOf(alarm)}"`), nameOf(alarm.Properties)).toBe(isBehind);
    }
  });

  it('to a receiver of its own, if the settings name one', () => {
    const settings = { alarms: { email: 'notices@example.com', page: { email: 'pages@example.com' } } };
    const synth = new Synthesized({ stage: 'dev', ...settings });
    const topicOf = (address: string) =>
      synth.all('AWS::SNS::Subscription').find(({ Properties }) => Properties.Endpoint === address)?.Properties
        .TopicArn;
    const all = [...synth.all('AWS::CloudWatch::Alarm'), ...synth.all('AWS::CloudWatch::CompositeAlarm')];
    for (const { Properties } of all) {
      const address = Properties.AlarmDescription.startsWith('Page: ') ? 'pages@example.com' : 'notices@example.com';
      expect(Properties.AlarmActions).toEqual([topicOf(address)]);
    }
  });
});

describe('a budget', () => {
  it('tells at 80 % of it, and when the month is forecast to exceed it', () => {
    const settings = { alarms: { email: 'notices@example.com', monthlyBudget: 50 } };
    const [budget] = new Synthesized({ stage: 'dev', ...settings }).all('AWS::Budgets::Budget');
    expect(budget?.Properties.Budget.BudgetLimit).toEqual({ Amount: 50, Unit: 'USD' });
    const told = budget?.Properties.NotificationsWithSubscribers.map(({ Notification }: Value) => [
      Notification.NotificationType,
      Notification.Threshold,
    ]);
    expect(told).toEqual([
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ]);
  });

  it('is there only if the settings ask for it, and needs an address', () => {
    expect(production.all('AWS::Budgets::Budget')).toEqual([]);
    const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms', monthlyBudget: 50 };
    expect(() => new Synthesized({ stage: 'dev', alarms })).toThrow('set "alarms.email" or "alarms.page.email"');
  });
});

describe('the file of a capability', () => {
  const files = globSync('infra/observability/alarms/*.ts', { cwd: new URL('../../../', import.meta.url) }).map(
    (path) => ({ path: basename(path), text: read(path) }),
  );
  const fileOf = (id: string) => files.filter(({ text }) => text.includes(`id: '${id}'`)).map(({ path }) => path);

  it.each([
    ['pings.ts', alarms.map(nameOf).filter((name) => name.startsWith('pings-'))],
    ['pushes.ts', alarms.map(nameOf).filter((name) => name.startsWith('push-'))],
    ['keys.ts', alarms.map(nameOf).filter((name) => name.startsWith('rotation-'))],
    ['events.ts', ['events-delayed', 'expiries-delayed']],
    ['logins.ts', ['approval-rate', 'repeated-redemption', 'assertion-replays', 'client-authentication']],
  ])('%s has all its alarms, those on counts and those on services', (file, names) => {
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect(fileOf(name), name).toEqual([file]);
  });
});

describe('the alarm', () => {
  it('of a function says what its failures mean: an answer 500, or a client that is not told', () => {
    expect(alarm('token-faults').AlarmDescription).toContain('callers get 500');
    expect(alarm('client-notification-faults').AlarmDescription).toMatch(/clients in ping and push mode/);
    expect(alarm('client-notification-faults').AlarmDescription).not.toContain('500');
  });

  it.each([
    ...functionNames.filter((name) => name !== 'signing-keys').map((name) => [`${name}-faults`, 3, 600] as const),
    ['push-outage', 3, 600],
    ['push-delivery', 10, 500],
    ['pings-given-up', 3, 300],
    ['pings-refused', 10, 200],
    ['repeated-redemption', 5, 500],
    ['client-authentication', 50, 1000],
    ['devices-refused', 50, 1000],
  ] as const)(
    '%s is on %d, and on that share of more than %d, so that one client does not ring it among many',
    (name, count, most) => {
      const expressions = expressionsOf(name);
      expect(alarm(name).Threshold).toBe(count);
      expect(expressions).toContain(`IF(all > ${most}, ${most} * part / all, part)`);
      // The whole has no data where nothing succeeded; the part has none where nothing failed.
      expect(expressions).toContain('MAX([whole, part])');
    },
  );

  it('on server errors needs three of them: one fault among few calls wakes nobody, and an outage among few calls does', () => {
    const { Threshold, DatapointsToAlarm, EvaluationPeriods } = alarm('server-errors');
    expect({ Threshold, DatapointsToAlarm, EvaluationPeriods }).toEqual({
      Threshold: 1,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
    expect(expressionsOf('server-errors')).toEqual(['IF(errors >= 3, 100 * errors / calls, 0)']);
  });

  it.each([
    ['latency-bc-authorize', 'POST', '/bc-authorize'],
    ['latency-token', 'POST', '/token'],
    ['latency-response', 'POST', '/device/requests/{request_id}/response'],
  ])('%s looks at the slowest calls of that route alone, and only where there are twenty', (name, method, path) => {
    expect(expressionsOf(name)).toEqual(['IF(calls >= 20, latency, 0)']);
    expect(statisticsOf(name)).toEqual(['Latency p99', 'Count Sum']);
    for (const { Namespace, Dimensions } of metricsOf(alarm(name))) {
      expect(Namespace).toBe('AWS/ApiGateway');
      const pairs = Dimensions.map(({ Name, Value }: Value) => [Name, Value]);
      expect(pairs).toEqual(
        expect.arrayContaining([
          ['Method', method],
          ['Resource', path],
          ['Stage', expect.anything()],
        ]),
      );
      expect(pairs.length).toBe(4);
    }
    // API Gateway keeps these metrics only where it is told to.
    const stage = production.all('AWS::ApiGatewayV2::Stage')[0]?.Properties;
    expect(stage.RouteSettings[`${method} ${path}`].DetailedMetricsEnabled).toBe(true);
  });

  it('on what may be an attack counts, because one client is enough for it', () => {
    for (const name of ['push-bombing', 'assertion-replays', 'fraud-reported', 'client-guessing'])
      expect(expressionsOf(name), name).toEqual([]);
    expect(read('docs/operations.md')).toContain(
      'Four alarms are numbers everywhere, because one client is enough for an attack: [assertion-replays](#alarm-assertion-replays), [push-bombing](#alarm-push-bombing), [fraud-reported](#alarm-fraud-reported) and [client-guessing](#alarm-client-guessing).',
    );
  });

  it('on throttles that pages counts the functions on the path of a login alone, and another one the rest', () => {
    const functionsOf = (name: string) =>
      metricsOf(alarm(name)).map(({ MetricName, Dimensions }) => {
        expect(MetricName).toBe('Throttles');
        return functionNames.filter((one) =>
          JSON.stringify(Dimensions).includes(`"${production.idOf(production.function(one))}"`),
        );
      });
    const onPath = ['backchannel-authentication', 'token', 'device'];
    expect(functionsOf('throttles').flat().toSorted()).toEqual(onPath.toSorted());
    const others = functionNames.filter((name) => !onPath.includes(name));
    expect(functionsOf('other-throttles').flat().toSorted()).toEqual(others.toSorted());
  });

  it('reads at most the ten metrics that CloudWatch takes', () => {
    for (const one of single) expect(metricsOf(one).length, nameOf(one)).toBeLessThanOrEqual(10);
  });

  it('on a credential that was not applied stays for a day, and says that its end is no proof', () => {
    const { Threshold, EvaluationPeriods, AlarmDescription } = alarm('push-credential-not-applied');
    expect({ Threshold, EvaluationPeriods }).toEqual({ Threshold: 1, EvaluationPeriods: 1 });
    expect(periodsOf('push-credential-not-applied')).toEqual([86_400]);
    expect(AlarmDescription).toMatch(/OK .*not .*repaired.*ciba doctor/);
  });

  it('on pings that were given up speaks of logins that are lost, three within an hour', () => {
    const { AlarmDescription, Threshold } = alarm('pings-given-up');
    expect([Threshold, ...periodsOf('pings-given-up')]).toEqual([3, 3600, 3600]);
    expect(AlarmDescription).toContain('lost login');
    expect(AlarmDescription).not.toContain('still have polled');
  });

  it('on pings that a client answers with anything but 2xx rings at ten within an hour', () => {
    expect([alarm('pings-refused').Threshold, ...periodsOf('pings-refused')]).toEqual([10, 3600, 3600]);
    expect(metricsOf(alarm('pings-refused'))).toEqual(
      ['accepted', 'refused'].map((detail) => ({
        Namespace: 'Ciba/ciba-production',
        MetricName: 'PingAttempts',
        Dimensions: [{ Name: 'detail', Value: detail }],
      })),
    );
  });

  it('on pushes that fail after SNS took them sums up all applications, and is not there without any', () => {
    const read = metricsOf(alarm('push-delivery'));
    expect([alarm('push-delivery').Threshold, new Set(periodsOf('push-delivery'))]).toEqual([10, new Set([900])]);
    for (const MetricName of ['NumberOfNotificationsFailed', 'NumberOfNotificationsDelivered'])
      expect(read.filter((one) => one.MetricName === MetricName)).toEqual(
        ['APNS', 'APNS_SANDBOX', 'GCM'].map((platform) => ({
          Namespace: 'AWS/SNS',
          MetricName,
          Dimensions: [
            { Name: 'Application', Value: 'ciba-production' },
            { Name: 'Platform', Value: platform },
          ],
        })),
      );
    const others = minimal.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(others).not.toContain('ciba-main-push-delivery');
  });
});

it('docs/operations.md says how many alarms there are, and how many metrics they look at, which is what they cost', () => {
  const counts = [minimal, production].map((template) => {
    const all = template.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const subscriptions = template.all('AWS::Logs::SubscriptionFilter').length;
    const queries = all
      .flatMap(({ Metrics = [] }) => Metrics)
      .filter(({ Expression = '' }) => /^SELECT /.test(Expression));
    // A query costs as much as the metrics that it finds: at most one for each subscription.
    return { alarms: all.length, metrics: all.flatMap(metricsOf).length + queries.length * subscriptions };
  });
  const page = read('docs/operations.md');
  expect(page.match(/\d+ alarms on \d+ metrics/g)).toEqual(
    counts.map((count) => `${count.alarms} alarms on ${count.metrics} metrics`),
  );
  expect(page).toContain(`| ${counts.map((count) => (count.metrics * 0.1).toFixed(2)).join(' to ')} |`);
});

it('alarms link to the runbook where the settings say it is read', () => {
  const url = 'https://wiki.example.com/ciba/operations';
  const linked = new Synthesized({
    stage: 'dev',
    removalPolicy: 'destroy',
    alarms: { email: 'on-call@example.com', runbookUrl: url },
  });
  const descriptions = linked.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmDescription);
  expect(descriptions.length).toBeGreaterThan(15);
  for (const description of descriptions) expect(description).toContain(` Runbook: ${url}#alarm-`);
});

describe('metrics', () => {
  const NAMESPACE = 'Ciba/ciba-production';
  const rules: Readonly<Record<string, { of: readonly string[]; dimensions?: readonly string[] }>> = metrics;
  const dimensionsOf = (name: string) => [...(rules[name]?.dimensions ?? [])];
  const alarmed = alarms.flatMap(metricsOf).filter((metric) => metric.Namespace === NAMESPACE);

  it('are in the log lines: there is nothing to deploy for them', () => {
    for (const template of [production, minimal]) expect(template.all('AWS::Logs::MetricFilter')).toEqual([]);
  });

  it('are counted by functions that there are, and that know the namespace of their stack', () => {
    const counting = Object.values(rules).flatMap(({ of }) => of);
    for (const name of new Set([...functionNames, ...counting]))
      expect(synthesized('shielded').function(name).Properties.Environment.Variables.METRICS_NAMESPACE, name).toBe(
        NAMESPACE,
      );
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

  it('are alarmed on for a function only when that function counts them', () => {
    const perFunction = alarmed.flatMap(({ MetricName, Dimensions = [] }) =>
      Dimensions.filter(({ Name }: Value) => Name === 'service').map(({ Value }: Value) => [MetricName, Value]),
    );
    expect(perFunction.length).toBeGreaterThan(5);
    for (const [name, service] of perFunction) expect(rules[name]?.of, name).toContain(service);
  });

  it('are summed up so that one without any data takes nothing from the others', () => {
    const expressions = alarms.flatMap(({ Metrics = [] }) =>
      Metrics.flatMap(({ Expression }: Value) => Expression ?? []),
    );
    expect(expressions).toContain('SUM([errors, faults])');
    for (const expression of expressions) expect(expression).not.toMatch(/FILL|[a-z0-9)] \+/);
  });
});

/** Seconds over which an alarm sums each of its metrics. */
function periodsOf(name: string): number[] {
  return alarm(name).Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Period ?? []);
}

function expressionsOf(name: string): string[] {
  return alarm(name).Metrics.flatMap(({ Expression }: Value) => Expression ?? []);
}

/** Each metric of an alarm with its statistic. */
function statisticsOf(name: string): string[] {
  return alarm(name).Metrics.flatMap(({ MetricStat }: Value) =>
    MetricStat ? [`${MetricStat.Metric.MetricName} ${MetricStat.Stat}`] : [],
  );
}

/** The metrics that an alarm looks at, one or the parts of an expression. */
function metricsOf({ Namespace, MetricName, Dimensions, Metrics = [] }: Value): Value[] {
  const parts = Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Metric ?? []);
  return MetricName === undefined ? parts : [{ Namespace, MetricName, Dimensions }];
}

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

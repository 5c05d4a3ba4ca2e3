import { describe, expect, it, vi } from 'vitest';
import { functionNames } from '../../../infra/functions/deployed-functions.ts';
import { LOG_QUERIES } from '../../../infra/observability/dashboards/technical-widgets.ts';
import { createLog } from '../../../provider/adapters/log.ts';
import { type FaultLine, loggable } from '../../../provider/core/operating/log-line.ts';
import { metrics } from '../../../provider/core/operating/metrics.ts';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const settings = Object.keys(settingsOf) as (keyof typeof settingsOf)[];
const production = synthesized('production');
const minimal = synthesized('minimal');

describe.each(settings)('the dashboards of the setting %s', (setting) => {
  const bodies = dashboardsOf(synthesized(setting));

  it('are two: one of logins and one of the machinery', () => {
    const names = bodies.map(({ name }) => name.replace(/^ciba-[a-z]+-/, ''));
    expect(names).toEqual(['business', 'technical']);
  });

  it('draw something in each graph: CloudWatch refuses a dashboard that has one without', () => {
    const graphs = bodies.flatMap(({ widgets }) => widgets.filter(({ type }) => type === 'metric'));
    expect(graphs.length).toBeGreaterThan(20);
    const empty = graphs.filter(
      ({ properties: { metrics: drawn = [], annotations } }) => drawn.length === 0 && !annotations?.alarms?.length,
    );
    expect(empty.map(({ properties }) => properties.title)).toEqual([]);
  });

  it('have only widgets of kinds that there are, side by side within 24 columns', () => {
    for (const { type, x, width } of bodies.flatMap(({ widgets }) => widgets)) {
      expect(['text', 'metric', 'alarm', 'log']).toContain(type);
      expect(x + width).toBeLessThanOrEqual(24);
    }
  });
});

describe('metrics of our own', () => {
  const rules: Readonly<Record<string, { of: readonly string[]; dimensions?: readonly string[] }>> = metrics;
  const drawn = dashboardsOf(production).flatMap(({ widgets }) => drawnIn(widgets, 'Ciba/ciba-production'));
  const names = drawn.map(({ name }) => name);

  it('are drawn by names that there are, with the dimensions that they are counted with', () => {
    for (const { name, dimensions } of drawn) {
      expect(Object.keys(rules)).toContain(name);
      expect(dimensions.toSorted(), name).toEqual([...(rules[name]?.dimensions ?? [])].toSorted());
    }
    expect(names).toEqual(expect.arrayContaining(['RequestsStarted', 'Approvals', 'ApprovalSeconds', 'SlowDowns']));
    // Logins, and a search that finds each function by itself.
    expect(names).toEqual(expect.arrayContaining(['Logins', 'Refusals']));
  });

  it('are drawn all, but for faults, which are drawn as errors of the functions, and the days of a certificate with the shield', () => {
    const shielded = drawnIn(
      dashboardsOf(synthesized('shielded')).flatMap(({ widgets }) => widgets),
      'Ciba/ciba-production',
    );
    const all = shielded.map(({ name }) => name);
    expect(all.filter((name) => !names.includes(name))).toEqual(['CertificateDays']);
    expect([...new Set([...all, 'Faults'])].toSorted()).toEqual(Object.keys(rules).toSorted());
  });
});

it('token calls for each login are those that Lambda counts for the alias: a pending poll counts in no metric of ours', () => {
  const [ratio, ...counted] = drawnUnder(production, 'Polling');
  expect(ratio?.[0]?.expression).toBe('IF(logins > 0, calls / logins)');
  expect(counted.map(([namespace, name]) => `${namespace} ${name}`)).toEqual([
    'AWS/Lambda Invocations',
    'Ciba/ciba-production Logins',
  ]);
});

describe('push credentials', () => {
  const apns = { applicationArn: 'arn:aws:sns:eu-west-1:111122223333:app/APNS/shop', bundleId: 'com.example.shop' };
  const halfway = new Synthesized({ removalPolicy: 'destroy', syntheticLogin: 'off', apns });

  it('that are missing are told on top, each platform by itself', () => {
    expect(notesOf(production)).not.toMatch(/not set up/);
    expect(notesOf(minimal)).toMatch(/APNs\) are not set up.*FCM\) are not set up/s);
    expect(notesOf(halfway)).toMatch(/FCM\) are not set up/);
    expect(notesOf(halfway)).not.toMatch(/APNs\) are not set up/);
  });

  it('that are of development builds alone are told too', () => {
    const sandboxApplicationArn = apns.applicationArn.replace('APNS', 'APNS_SANDBOX');
    const builds = { bundleId: apns.bundleId, sandboxApplicationArn };
    const template = new Synthesized({ removalPolicy: 'destroy', syntheticLogin: 'off', apns: builds });
    expect(notesOf(template)).toMatch(/development builds/);
  });

  it('leave no graph where there are no deliveries to draw', () => {
    expect(titlesOf(minimal)).not.toContain('Pushes delivered');
    expect(titlesOf(production)).toEqual(expect.arrayContaining(['Pushes delivered', 'Pushes failed']));
  });
});

describe('the technical dashboard', () => {
  it('shows what waits for client-notification, and dead letters', () => {
    const waiting = drawnUnder(minimal, 'Waiting pings').map(([, name]) => name);
    expect(waiting).toContain('ApproximateNumberOfMessagesVisible');
    expect(drawnUnder(minimal, 'Age of the oldest ping in seconds').map(([, name]) => name)).toEqual([
      'ApproximateAgeOfOldestMessage',
    ]);
    expect(drawnUnder(minimal, 'Dead letters').map(([, name]) => name)).toEqual(['ApproximateNumberOfMessagesVisible']);
  });

  it('shows errors of the functions around a deployment, those that there are', () => {
    const off = new Synthesized({ removalPolicy: 'destroy', syntheticLogin: 'off' });
    const errors = (template: Synthesized) =>
      drawnUnder(template, 'Errors of other functions').map((metric) => metric.at(-1).label);
    expect(errors(production)).toEqual(['endpoint-events', 'platform-application', 'synthetic-login', 'events']);
    expect(errors(minimal)).toEqual(['endpoint-events', 'synthetic-login']);
    expect(errors(off)).toEqual(['endpoint-events']);
  });
});

/** Each dashboard by its name, with its widgets; references read as their names. */
function dashboardsOf(template: Synthesized): { name: string; widgets: Value[] }[] {
  return template.all('AWS::CloudWatch::Dashboard').map(({ Properties: { DashboardName: name, DashboardBody } }) => {
    const parts = typeof DashboardBody === 'string' ? [DashboardBody] : DashboardBody['Fn::Join'][1];
    const text = parts.map((part: Value) => part.Ref ?? part['Fn::GetAtt']?.join('.') ?? part).join('');
    return { name, widgets: JSON.parse(text).widgets };
  });
}

/** Metrics of a namespace, each with the names of its dimensions: drawn by name, or found by a search. */
function drawnIn(widgets: readonly Value[], namespace: string): { name: string; dimensions: string[] }[] {
  const graphs = widgets.filter(({ type }) => type === 'metric');
  const drawn: Value[][] = graphs.flatMap(({ properties }) => properties.metrics);
  return drawn.flatMap(([first, name, ...rest]) => {
    const search = /SEARCH\('\{"([^"]+)",([\w,]+)\} MetricName="(\w+)"'/.exec(first.expression ?? '');
    if (search)
      return search[1] === namespace ? [{ name: search[3] ?? '', dimensions: search[2]?.split(',') ?? [] }] : [];
    if (first !== namespace) return [];
    return [{ name, dimensions: rest.filter((one, index) => typeof one === 'string' && index % 2 === 0) }];
  });
}

function widgetsOf(template: Synthesized): Value[] {
  return dashboardsOf(template).flatMap(({ widgets }) => widgets);
}

function titlesOf(template: Synthesized): string[] {
  return widgetsOf(template).flatMap(({ properties }) => properties.title ?? []);
}

/** What the graph of this title draws. */
function drawnUnder(template: Synthesized, title: string): Value[][] {
  const graph = widgetsOf(template).find(({ properties }) => properties.title === title);
  return graph?.properties.metrics ?? [];
}

/** The text at the head of the dashboard of logins. */
function notesOf(template: Synthesized): string {
  return dashboardsOf(template)[0]?.widgets.find(({ type }) => type === 'text').properties.markdown;
}

describe('what the technical dashboard reads from the logs', () => {
  const line = loggable({ route: 'r', status: 200, duration_ms: 1, correlation_id: 'c' });
  const fault: FaultLine = { fault: 'TypeError', frames: [], route: 'r', correlation_id: 'c' };
  const fields = new Set(['@timestamp', 'service', 'message', ...Object.keys(line), ...Object.keys(fault)]);

  it.each(Object.entries(LOG_QUERIES))('%s: by fields that log lines have', (_, query) => {
    const words = query
      .join(' ')
      .replaceAll(/"[^"]*"/g, '')
      .match(/@?[a-z_]+(?:\.\d+)?/g);
    const syntax = new Set('fields filter sort limit stats count by as and desc ispresent refusals'.split(' '));
    const named = (words ?? []).map((word) => word.replace(/\.\d+$/, '')).filter((word) => !syntax.has(word));
    expect(named.length).toBeGreaterThan(2);
    for (const field of named) expect(fields, field).toContain(field);
  });

  it('is what the functions wrote: faults, and refusals but for pending polls', () => {
    const written = linesOf(({ request, fault: failed }) => {
      const at = { route: 'POST /token', duration_ms: 1, correlation_id: 'c' };
      request({ ...at, status: 200, client_id: 'shop' });
      request({ ...at, status: 400, client_id: 'shop', error: 'authorization_pending' });
      request({ ...at, status: 401, client_id: 'shop', error: 'invalid_client', reason: 'secret_wrong' });
      failed(new TypeError('x'), { route: at.route, correlationId: 'c' });
    });
    const selected = Object.values(LOG_QUERIES).map((query) => {
      const filter = query.find((one) => one.startsWith('filter ')) ?? '';
      return written.filter((one) => isSelected(one, filter));
    });
    expect(selected).toEqual([
      [expect.objectContaining({ message: 'fault', fault: 'TypeError', service: 'token', frames: expect.any(Array) })],
      [expect.objectContaining({ error: 'invalid_client', client_id: 'shop', reason: 'secret_wrong' })],
    ]);
  });

  it('is read from the log groups of all functions', () => {
    const [, technical] = dashboardsOf(production);
    const logs = technical?.widgets.filter(({ type }) => type === 'log') ?? [];
    expect(logs.map(({ properties }) => properties.title)).toEqual(Object.keys(LOG_QUERIES));
    for (const { properties } of logs) expect(properties.query.match(/SOURCE/g)).toHaveLength(functionNames.length);
  });
});

describe('the threshold of an alarm', () => {
  const graphs = widgetsOf(production).filter(({ properties }) => properties.annotations?.horizontal);
  const lines = graphs.flatMap(({ properties }) =>
    properties.annotations.horizontal.map(({ label, value }: Value) => ({ label, value, drawn: properties.metrics })),
  );

  it('is a line in the graph of what the alarm counts', () => {
    expect(lines.map(({ label, value }) => [label, value])).toEqual([
      ['alarm push-outage', 3],
      ['alarm push-bombing', 20],
      ['alarm assertion-replays', 5],
      ['alarm push-credentials', 1],
      ['alarm audit-unconfirmed', 1],
      ['alarm audit-delayed', 3600],
      ['alarm events-delayed', 300],
      ['alarm expiries-delayed', 1800],
      ['alarm domain-certificate', 30],
      ['alarm concurrency', 800],
      ['alarm latency-token', 3000],
      ['alarm pings-delayed', 60],
      ['alarm dead-letters', 1],
    ]);
    for (const { label, value, drawn } of lines) {
      const { Threshold, MetricName, Metrics = [] } = alarmOf(label.replace('alarm ', ''));
      const counted = [MetricName, ...Metrics.map(({ MetricStat }: Value) => MetricStat?.Metric.MetricName)];
      expect(value, label).toBe(Threshold);
      const names: Value[] = drawn.map(([, name]: Value[]) => name);
      expect(
        names.some((name) => name !== undefined && counted.includes(name)),
        label,
      ).toBe(true);
    }
  });

  it('is no line where there is no such alarm', () => {
    const dev = widgetsOf(synthesized('dev')).flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    const labels = dev.map(({ label }: Value) => label);
    expect(labels).toContain('alarm push-outage');
    expect(labels.filter((label) => /audit|certificate/.test(label))).toEqual([]);
  });
});

function alarmOf(name: string): Value {
  const all = production.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  return all.find(({ AlarmName }) => AlarmName === `ciba-production-${name}`);
}

describe('both dashboards', () => {
  const textsOf = (template: Synthesized) =>
    dashboardsOf(template).map(({ widgets }) => widgets.find(({ type }) => type === 'text').properties.markdown);

  it('say where to read what to do, by a link if the runbook has an address', () => {
    for (const text of textsOf(minimal)) expect(text).toContain('in the runbook, docs/operations.md');
    const runbookUrl = 'https://wiki.example.com/ciba/operations';
    const alarms = { email: 'on-call@example.com', runbookUrl };
    const linked = new Synthesized({ stage: 'dev', removalPolicy: 'destroy', alarms });
    for (const text of textsOf(linked)) expect(text).toContain(`in [the runbook](${runbookUrl})`);
  });

  it('show at most 50 metrics each, by name: beyond, a dashboard costs three dollars a month', () => {
    for (const { name, widgets } of settings.flatMap((setting) => dashboardsOf(synthesized(setting)))) {
      const drawn: Value[][] = widgets.flatMap(({ properties }) => properties.metrics ?? []);
      const names = drawn.map((metric) => metric.filter((one) => typeof one === 'string').join(' '));
      expect(new Set(names.filter((one) => one !== '')).size, name).toBeLessThanOrEqual(50);
    }
  });
});

describe('the dashboard of logins', () => {
  it('shows how old audit events and records are that did not reach the bucket, where there is one', () => {
    const title = 'Age in seconds of what has not reached the audit bucket';
    const drawn = drawnUnder(production, title).map(([namespace, name]) => `${namespace} ${name}`);
    expect(drawn).toEqual(Array(2).fill('AWS/Firehose DeliveryToS3.DataFreshness'));
    expect(titlesOf(synthesized('dev'))).not.toContain(title);
  });

  it('shows for how many days the certificate of each name is valid, where there are names', () => {
    const title = 'Days until a certificate expires';
    const certificates = [settingsOf.production().domain, settingsOf.production().mtlsDomain];
    const drawn = drawnUnder(production, title).map(([, name, , arn]) => [name, arn]);
    expect(drawn).toEqual(certificates.map((one) => ['DaysToExpiry', one?.certificateArn]));
    expect(titlesOf(minimal)).not.toContain(title);
  });
});

/** The lines that the log of a function writes. */
function linesOf(write: (log: ReturnType<typeof createLog>) => void): Value[] {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    write(createLog('token', 'Ciba/test'));
  } finally {
    spy.mockRestore();
  }
  return lines.map((line) => JSON.parse(line) as Value);
}

/** Whether a line passes a filter of CloudWatch Logs Insights, of the few forms that the queries have. */
function isSelected(line: Value, filter: string): boolean {
  return filter
    .replace(/^filter /, '')
    .split(' and ')
    .every((condition) => {
      const present = /^ispresent\((\w+)\)$/.exec(condition)?.[1];
      if (present) return line[present] !== undefined;
      const [, field = '', operator, value] = /^(\w+) (=|!=) "(\w+)"$/.exec(condition) ?? [];
      if (!operator) throw new Error(`the test cannot read the condition ${condition}`);
      return (line[field] === value) === (operator === '=');
    });
}

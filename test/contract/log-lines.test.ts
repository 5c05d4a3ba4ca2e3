import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAuditTrail, createLog } from '../../provider/adapters/log.ts';
import { directivesOf, type Line, violationsIn } from '../support/embedded-metrics.ts';

const NAMESPACE = 'Ciba/test';
const AT = { duration_ms: 3, correlation_id: 'c1' };

let written: string[] = [];
beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** A log that wrote a line before. */
function warmLog(service: string) {
  const log = createLog(service, NAMESPACE);
  log.request({ route: 'r', status: 200, ...AT });
  written = [];
  return log;
}

/** The one line that was written. */
function line(): Line {
  const [text = '', ...more] = written;
  expect(more).toEqual([]);
  expect(text.endsWith('}\n')).toBe(true);
  expect(violationsIn(text.trimEnd())).toEqual([]);
  return JSON.parse(text) as Line;
}

it('the first line of an environment says that its function had to be loaded, and is counted; no other is', () => {
  const log = createLog('device', NAMESPACE);
  log.request({ route: 'GET /device/requests', status: 200, ...AT });
  expect(line()).toMatchObject({ cold_start: true, ColdStarts: 1 });
  written = [];
  log.request({ route: 'GET /device/requests', status: 200, ...AT });
  expect(line()).not.toHaveProperty('cold_start');
});

it('a line has its fields first, then its metrics and their values, of the same instant', () => {
  warmLog('token').request({ route: 'POST /token', status: 200, approval_seconds: 7, ...AT });
  const { timestamp, ...rest } = line();
  expect(rest).toEqual({
    level: 'INFO',
    message: 'request',
    service: 'token',
    route: 'POST /token',
    status: 200,
    approval_seconds: 7,
    ...AT,
    _aws: {
      Timestamp: Date.parse(String(timestamp)),
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [[]],
          Metrics: [{ Name: 'Logins' }, { Name: 'ApprovalSeconds', Unit: 'Seconds' }],
        },
      ],
    },
    Logins: 1,
    ApprovalSeconds: 7,
  });
});

it('metrics with dimensions have a directive of their own, whose dimensions are fields of the line', () => {
  const refused = { status: 400, reason: 'polled_too_fast', error: 'slow_down' };
  warmLog('token').request({ route: 'POST /token', ...refused, ...AT });
  expect(directivesOf(line())).toEqual([
    { Namespace: NAMESPACE, Dimensions: [[]], Metrics: [{ Name: 'SlowDowns' }] },
    { Namespace: NAMESPACE, Dimensions: [['service']], Metrics: [{ Name: 'Refusals' }] },
  ]);
});

it('a fault is counted by function, after its kind and place', () => {
  createLog('device', NAMESPACE).fault(new TypeError('may quote what was sent'), { route: 'r', correlationId: 'c1' });
  const fault = line();
  expect(fault).toMatchObject({ level: 'ERROR', message: 'fault', service: 'device', fault: 'TypeError', Faults: 1 });
  expect(directivesOf(fault)).toEqual([
    { Namespace: NAMESPACE, Dimensions: [['service']], Metrics: [{ Name: 'Faults' }] },
  ]);
  expect(written.join()).not.toContain('may quote');
});

it('a line that counts nothing has no metrics', () => {
  warmLog('device').request({ route: 'GET /device/requests', status: 200, ...AT });
  expect(Object.keys(line())).not.toContain('_aws');
});

it('an audit line has none: it goes to its own store', () => {
  createAuditTrail('token', { newId: () => 'id-1', metricsNamespace: () => NAMESPACE }).write(
    { event: 'tokens_issued', jti: 'j', requestId: 'r', sub: 's', clientId: 'c' },
    1,
  );
  expect(Object.keys(line())).toEqual(['level', 'message', 'timestamp', 'service', 'audit']);
});

it('long texts are cut before they are counted, so that dimension and field are the same', () => {
  warmLog('endpoint-events').request({ route: 'r', status: 200, detail: 'x'.repeat(300), ...AT });
  expect(line()['detail']).toBe('x'.repeat(256));
});

it('the check of the format sees what CloudWatch would not read', () => {
  const base = { _aws: { Timestamp: 1_800_000_000_000, CloudWatchMetrics: [] as unknown[] }, error: 'e', A: 1, T: 't' };
  const check = (directive: object, more: object = {}) => {
    const whole = { Namespace: NAMESPACE, Dimensions: [[]], Metrics: [{ Name: 'A' }], ...directive };
    const metadata = { ...base._aws, CloudWatchMetrics: [whole] };
    return violationsIn(JSON.stringify({ ...base, _aws: metadata, ...more })).length;
  };
  expect(check({})).toBe(0);
  expect(check({ Dimensions: [['error']] })).toBe(0);
  expect(check({ Namespace: '' })).toBe(1);
  expect(check({ Dimensions: [] })).toBe(1);
  expect(check({ Dimensions: [['error', 'error']] })).toBe(1);
  expect(check({ Dimensions: [['missing']] })).toBe(1);
  expect(check({ Dimensions: [['error']] }, { error: '' })).toBe(1);
  expect(check({ Metrics: [] })).toBe(1);
  expect(check({ Metrics: [{ Name: 'Missing' }] })).toBe(1);
  expect(check({ Metrics: [{ Name: 'T' }] })).toBe(1);
  expect(check({ Metrics: [{ Name: 'A', Unit: 'Minutes' }] })).toBe(1);
  expect(check({ More: 1 })).toBe(1);
  expect(violationsIn(JSON.stringify(base))).toEqual(['not so: there are directives']);
});

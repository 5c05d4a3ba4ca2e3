import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { LoggedStack, STACK } from '../support/logged-stack.ts';

const AUTH_REQ_ID = 'kR3yq0cS5b1Yz7vXw9uT2sPqLmNoJiHgFeDcBaZyXw0';
const REQUEST_ID = createHash('sha256').update(AUTH_REQ_ID).digest('base64url');
const TXN = createHash('sha256').update(REQUEST_ID).digest('hex').slice(0, 16);
const PUSH = 'a3b56d3c-7dc5-4b55-af2c-d2213f862686';

let stack: LoggedStack;
beforeEach(async () => {
  stack = await LoggedStack.start();
});
afterEach(() => stack[Symbol.dispose]());

type Trace = {
  outcome: string;
  steps: { step: string; function: string; says: string; count: number }[];
  missing: string[];
};
async function traced(name: string, ...args: readonly string[]): Promise<Trace> {
  const { code, stdout, stderr } = await cibaInOne(['trace', name, '--stack', STACK, '--json', ...args], {
    env: stack.env,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Trace;
}

/** A login of an hour ago: 12 polls, an endpoint that could not be reached at first, and a push that failed. */
function addLogin(begin: number): void {
  const client_id = 'bank';
  const at = (seconds: number) => ({ at: begin + seconds * 1000 });
  const common = { txn: TXN, client_id };
  const asked = { ...common, sub: 'u-1', devices: 2, accepted: 1, push_ids: PUSH, push_errors: 'TimeoutError' };
  stack.call('ciba-test-asking', { route: 'POST /bc-authorize', status: 200, ...asked }, at(0));
  for (let poll = 1; poll <= 12; poll += 1) {
    const error = poll === 5 ? 'slow_down' : 'authorization_pending';
    stack.call('ciba-test-token', { route: 'POST /token', status: 400, ...common, error, reason: error }, at(5 * poll));
  }
  const correlation_id = PUSH;
  stack.call(
    'ciba-test-endpoint-events',
    { route: 'SNS DeliveryFailure', status: 200, detail: 'InvalidPlatformToken', correlation_id },
    at(2),
  );
  const answer = { route: 'POST /device/requests/{request_id}/response', status: 204, txn: TXN, device_id: 'device-1' };
  stack.call('ciba-test-device', { ...answer, decision: 'approve' }, at(61));
  const ping = { route: 'SQS client-notification', ...common, correlation_id: 'c1' };
  const failed = { status: 202, reason: 'endpoint_unreachable', detail: 'refused', age_seconds: 0.5 };
  stack.call('ciba-test-pings', { ...ping, ...failed }, at(62));
  const delivered = { status: 200, reason: 'notified', detail: 'accepted', notification_status: 204, age_seconds: 6.5 };
  stack.call('ciba-test-pings', { ...ping, ...delivered }, at(68));
  stack.call('ciba-test-token', { route: 'POST /token', status: 200, ...common, approval_seconds: 61 }, at(70));
  const fault = { message: 'fault', route: 'POST /token', fault: 'TimeoutError', txn: TXN, correlation_id: 'c2' };
  stack.call('ciba-test-token', fault, at(69));
  const audit = { event: 'tokens_issued', requestId: REQUEST_ID, jti: 'j-1' };
  stack.call('ciba-test-token', { message: 'audit', audit }, at(70));
  stack.call('ciba-test-token', { route: 'POST /token', status: 200, txn: 'f'.repeat(16) }, at(3));
}

describe('ciba trace, of a deployment', () => {
  it('reads all functions by one query of Logs Insights, and what SNS reported about the push by a second', async () => {
    addLogin(Date.now() - 3_600_000);
    const trace = await traced(TXN);
    expect(trace.outcome).toBe('tokens_issued');
    expect(trace.steps.map(({ step, count }) => [step, count])).toEqual([
      ['asked', 1],
      ['push_failed', 1],
      ['polled', 12],
      ['approved', 1],
      ['announced', 1],
      ['ping_failed', 1],
      ['pinged', 1],
      ['fault', 1],
      ['tokens_issued', 1],
    ]);
    const says = trace.steps.map((step) => step.says);
    expect(says).toContain('asked, 1 of 2 devices rung, TimeoutError');
    expect(says).toContain('12 polls: nothing decided yet, 1 too fast (slow_down)');
    expect(says).toContain('SNS reports InvalidPlatformToken');
    expect(trace.missing).toEqual([]);
    const [first, second] = stack.inputs('StartQuery');
    expect(first).toMatchObject({
      queryString: `fields @timestamp, @log, @message | filter txn in ["${TXN}"] | sort @timestamp asc`,
      limit: 10_000,
    });
    expect(first?.['logGroupNames']).toContain('ciba-test-device');
    expect(second?.['logGroupNames']).toEqual(['ciba-test-endpoint-events']);
  });

  it('sends no auth_req_id to AWS, and finds audit lines by the request id that it computes', async () => {
    addLogin(Date.now() - 3_600_000);
    const trace = await traced(AUTH_REQ_ID);
    expect(trace.steps.map(({ step }) => step)).toContain('audited');
    expect(JSON.stringify(stack.aws.calls)).not.toContain(AUTH_REQ_ID);
    expect(JSON.stringify(stack.aws.calls)).toContain(REQUEST_ID);
  });

  it('shows a timeline with durations for people, and colours nothing in a pipe', async () => {
    addLogin(Date.now() - 3_600_000);
    const { stdout } = await cibaInOne(['trace', TXN, '--stack', STACK], { env: stack.env });
    expect(stdout).toContain(`txn ${TXN}, client bank, user u-1\n`);
    expect(stdout).toContain('tokens issued: 9.0 s until the tokens');
    expect(stdout).toMatch(
      /^ {7}\+0 ms {2}asked, 1 of 2 devices rung, TimeoutError \[backchannel-authentication, 20 ms\]$/m,
    );
    expect(stdout).toMatch(
      /^ {6}\+5\.0 s {2}12 polls: nothing decided yet, 1 too fast \(slow_down\) over 55\.0 s \[token\]$/m,
    );
    expect(stdout).toMatch(/^ \+1 min 10 s {2}tokens issued/m);
    expect(stdout).not.toContain('\u001B[');
  });

  it('says when lines may be gone or not there yet', async () => {
    stack.call('ciba-test-token', { route: 'POST /token', status: 400, txn: TXN, error: 'invalid_grant' });
    const { missing } = await traced(TXN, '--since', '2h');
    expect(missing).toEqual([
      expect.stringMatching(/^Looked at lines since .*: --since goes further back\. Lines are gone after 90 days\.$/),
      'Lines of the last two minutes may still arrive.',
    ]);
  });

  it('tries again when CloudWatch Logs throttles, and says how a query ended that failed', async () => {
    addLogin(Date.now() - 3_600_000);
    stack.logs.refuseNext('ThrottlingException', 'LimitExceededException');
    expect((await traced(TXN)).outcome).toBe('tokens_issued');
    stack.logs.queryEnd = 'Timeout';
    const { code, stderr } = await cibaInOne(['trace', TXN, '--stack', STACK], { env: stack.env });
    expect(code).toBe(1);
    expect(stderr).toBe('ciba: The query of Logs Insights ended as Timeout. Give a later --since, and try again.\n');
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { startCiba } from '../support/ciba-running.ts';
import { LoggedStack, STACK } from '../support/logged-stack.ts';

let stack: LoggedStack;
beforeEach(async () => {
  stack = await LoggedStack.start();
});
afterEach(() => stack[Symbol.dispose]());

const start = (...args: readonly string[]) =>
  startCiba(['tail', '--stack', STACK, '--json', ...args], { env: stack.env });
const linesOf = (stdout: string) => stdout.trimEnd().split('\n').filter(Boolean);

describe('ciba tail, of a deployment', () => {
  it('reads the log group of each function that takes part in calls, one after the other, and no other group', async () => {
    const run = start();
    await run.said(/Ctrl-C/);
    const line = stack.call('ciba-test-events', { route: 'SQS events', status: 200 }, { at: Date.now() });
    await run.said(/SQS events/);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${line}\n` });
    const read = new Set(stack.inputs('FilterLogEvents').map(({ logGroupName }) => logGroupName));
    expect(read).toContain('ciba-test-asking');
    expect(read).not.toContain('ciba-test-access-log');
    expect(read).not.toContain('ciba-test-hook');
  });

  it('prints each line once, over all pages, although pages overlap and one is empty', async () => {
    const at = Date.now() - 5000;
    const lines = [1, 2, 3, 4, 5].map((n) =>
      stack.call('ciba-test-token', { route: 'POST /token', status: 200, n }, { at: at + n }),
    );
    const run = start('--function', 'token', '--since', '1m');
    await run.said(/"n":5/);
    const later = stack.call('ciba-test-token', { route: 'POST /token', status: 200, n: 6 });
    await run.said(/"n":6/);
    run.kill('SIGINT');
    expect(linesOf((await run.ended).stdout)).toEqual([...lines, later]);
  });

  it('does not read the same days again and again in a group without new lines', async () => {
    const run = start('--function', 'token', '--since', '7d');
    await run.said(/Ctrl-C/);
    await vi.waitFor(() => expect(stack.inputs('FilterLogEvents').length).toBeGreaterThan(2), 20_000);
    run.kill('SIGINT');
    await run.ended;
    const [first, second] = stack.inputs('FilterLogEvents').map(({ startTime }) => Date.now() - Number(startTime));
    expect(first).toBeGreaterThan(6 * 86_400_000);
    expect(second).toBeLessThan(3_600_000);
  });

  it('prints a line that reaches CloudWatch Logs after later ones', async () => {
    const now = Date.now();
    const late = stack.call(
      'ciba-test-token',
      { route: 'POST /token', status: 200, n: 1 },
      { at: now - 8000, visibleFrom: now + 2500 },
    );
    const line = stack.call('ciba-test-token', { route: 'POST /token', status: 200, n: 2 }, { at: now - 1000 });
    const run = start('--function', 'token', '--since', '1m');
    await run.said(/"n":1/);
    run.kill('SIGINT');
    expect(linesOf((await run.ended).stdout)).toEqual([line, late]);
  });

  it('waits when CloudWatch Logs throttles, says so once, and goes on', async () => {
    stack.logs.refuseNext('ThrottlingException', 'ThrottlingException');
    stack.call('ciba-test-token', { route: 'POST /token', status: 200 }, { at: Date.now() - 1000 });
    const run = start('--function', 'token', '--since', '1m');
    await run.said(/"POST \/token"/);
    run.kill('SIGINT');
    const { stderr } = await run.ended;
    expect(stderr.match(/Rate exceeded/g)).toHaveLength(1);
    expect(stderr).toContain('CloudWatch Logs answers again.');
  });

  it('says that a connection is lost, and goes on when it is back', async () => {
    const run = start('--function', 'token', '--since', '1m');
    await run.said(/Ctrl-C/);
    stack.logs.refuseNext('ServiceUnavailableException');
    await run.said(/The connection to CloudWatch Logs is lost\. Trying again\./);
    await run.said(/CloudWatch Logs answers again/);
    stack.call('ciba-test-token', { route: 'POST /token', status: 200 });
    await run.said(/"POST \/token"/);
    run.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
  });

  it('ends with what to do where the identity may not read the logs', async () => {
    stack.aws.account.denied.add('FilterLogEvents');
    const { code, stderr } = await cibaInOne(['tail', '--stack', STACK], { env: stack.env });
    expect(code).toBe(1);
    expect(stderr).toContain('Amazon CloudWatch Logs refused: User: arn:aws:iam::1:user/o is not authorized');
    expect(stderr).toContain('the help of the command lists it');
  });

  it('shows text of a crash, which is no JSON', async () => {
    stack.logs.add('ciba-test-token', 'Error: out of memory\n', { at: Date.now() - 1000 });
    const run = start('--function', 'token', '--since', '1m');
    await run.said(/out of memory/);
    run.kill('SIGINT');
    const [text = ''] = linesOf((await run.ended).stdout);
    expect(JSON.parse(text)).toEqual({ message: 'text', service: 'token', text: 'Error: out of memory' });
  });

  it('wants a stack for an address that is not local', async () => {
    const { code, stderr } = await cibaInOne(['tail', '--url', 'https://login.example.com'], { env: stack.env });
    expect(code).toBe(2);
    expect(stderr).toContain('Name the stack of the deployment: give --stack, or a --context with a stack');
  });
});

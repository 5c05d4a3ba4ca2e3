import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTerminals } from '../../support/engines.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba } from '../support/ciba-process.ts';
import { OperatedWorld } from '../support/operated-world.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

/** What `ciba trace --json` prints. */
type Trace = {
  readonly txn: string;
  readonly client_id: string;
  readonly sub: string;
  readonly outcome: string;
  readonly durations: Record<string, number>;
  readonly steps: readonly {
    step: string;
    at: string;
    until?: string;
    function: string;
    count: number;
    says: string;
    reason?: string;
  }[];
  readonly missing: readonly string[];
};

let operated: OperatedWorld;
beforeAll(async () => {
  operated = await OperatedWorld.start();
}, 120_000);
afterAll(() => operated?.[Symbol.asyncDispose]());

async function traced(name: string): Promise<Trace> {
  const { code, stdout, stderr } = await cibaInOne(['trace', name, '--json'], { env: operated.env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Trace;
}
const namesOf = (trace: Trace) => trace.steps.map(({ step }) => step).filter((step) => step !== 'audited');
const lineAbout = (txn: string, what: string) => new RegExp(`(?=.*"txn":"${txn}")(?=.*${what})`);

describe.skipIf(!hasTerminals())('ciba trace, in a terminal', () => {
  it.each([80, 200])('fits %i columns, and colours what each step means', async (columns) => {
    const { txn } = await operated.fraudLogin(await operated.world.client());
    await operated.logged(lineAbout(txn, '"error":"access_denied"'));
    const { code, screen } = await inTerminal(`${CIBA} trace ${txn}`, { columns, env: operated.env });
    expect(code).toBe(0);
    for (const line of stripVTControlCharacters(screen).split('\n'))
      expect([...line].length).toBeLessThanOrEqual(columns);
    expect(screen).toContain('\u001B[32masked, 1 of 1 device rung');
    expect(screen).toContain('\u001B[31mno tokens: access_denied');
  });
});

describe('ciba trace, at the local provider', () => {
  it('shows a login by polling in its order, with early polls as one step', async () => {
    const { txn } = await operated.pollLogin();
    await operated.logged(lineAbout(txn, '"approval_seconds"'));
    const trace = await traced(txn);
    expect(namesOf(trace)).toEqual(['asked', 'polled', 'details_fetched', 'approved', 'tokens_issued']);
    expect(trace).toMatchObject({
      txn,
      client_id: operated.poll.client_id,
      sub: operated.person.sub,
      outcome: 'tokens_issued',
      missing: [],
    });
    const [asked, polled] = trace.steps;
    expect(asked?.says).toBe('asked, 1 of 1 device rung');
    expect(polled).toMatchObject({ count: 2, says: '2 polls: nothing decided yet, 1 too fast (slow_down)' });
    const instants = trace.steps.map(({ at }) => at);
    expect(instants).toEqual(instants.toSorted());
    expect(Object.keys(trace.durations)).toEqual([
      'asked_to_fetched_ms',
      'fetched_to_decided_ms',
      'asked_to_decided_ms',
      'decided_to_tokens_ms',
      'asked_to_tokens_ms',
    ]);
  });

  it('shows a withdrawal, one that came too late, and what the token endpoint says then', async () => {
    const { world, poll, person } = operated;
    const { authReqId } = await world.asked(poll, { login_hint: person.email });
    const withdraw = () => world.post('/bc-authorize/withdraw', poll, { auth_req_id: authReqId });
    const { txn } = await world.line(await withdraw());
    await withdraw();
    await world.line(await world.poll(poll, authReqId));
    const trace = await traced(String(txn));
    expect(namesOf(trace)).toEqual(['asked', 'withdrawn', 'not_withdrawn', 'tokens_refused']);
    expect(trace.outcome).toBe('withdrawn');
    expect(trace.steps.filter(({ step }) => step.endsWith('withdrawn')).map(({ says }) => says)).toEqual([
      'withdrawn by the client, 1 of 1 devices told',
      'withdrawal changed nothing: withdrawn_by_client',
    ]);
  });

  it('shows when the decision was announced and pinged', async () => {
    const { txn } = await operated.pingLogin();
    await operated.logged(lineAbout(txn, '"reason":"notified"'));
    await operated.logged(lineAbout(txn, '"approval_seconds"'));
    const trace = await traced(txn);
    const names = namesOf(trace);
    const inOrder = names.filter((name) => name !== 'ping_waits');
    // The announcement is sent before the decision commits. Ping and tokens follow, in whichever order their lines do.
    expect(inOrder.slice(0, 2)).toEqual(['asked', 'details_fetched']);
    expect(inOrder.slice(2, 4).toSorted()).toEqual(['announced', 'approved']);
    expect(inOrder.slice(4).toSorted()).toEqual(['pinged', 'tokens_issued']);
    expect(trace.steps.find(({ step }) => step === 'pinged')?.says).toBe('ping delivered, the client answered 204');
    expect(trace.durations['decided_to_pinged_ms']).toEqual(expect.any(Number));
  });

  it('shows a denial that reports fraud, what the client got, and the internal reason', async () => {
    const { txn } = await operated.fraudLogin(await operated.world.client());
    await operated.logged(lineAbout(txn, '"error":"access_denied"'));
    const trace = await traced(txn);
    expect(namesOf(trace)).toEqual(['asked', 'details_fetched', 'denied', 'tokens_refused']);
    expect(trace.outcome).toBe('denied');
    expect(trace.steps.find(({ step }) => step === 'denied')?.says).toMatch(
      /^denied by phone .{8}, and reported as fraud$/,
    );
    expect(trace.steps.at(-1)).toMatchObject({
      reason: 'denied_by_user',
      says: 'no tokens: access_denied (denied_by_user)',
    });
  });

  it('has the records of the audit trail with --trail, each once', async () => {
    const { txn } = await operated.fraudLogin(await operated.world.client());
    await operated.logged(lineAbout(txn, '"error":"access_denied"'));
    const { stdout } = await cibaInOne(['trace', txn, '--trail', '--json'], { env: operated.env });
    const { steps } = JSON.parse(stdout) as Trace;
    const records = steps.filter(({ says }) => says.startsWith('audit trail: ')).map(({ says }) => says);
    expect(records).toEqual(['audit trail: decision_recorded, done, decision deny, reason fraud']);
    // The line of the phone tells the denial already.
    expect(steps.filter(({ step }) => step === 'denied')).toHaveLength(1);
  });

  it('shows decision and tokens by the audit trail alone, when the lines are gone', async () => {
    const { txn } = await operated.pollLogin();
    await operated.logged(lineAbout(txn, '"approval_seconds"'));
    // More lines than the runtime keeps push out those of the login.
    for (let line = 0; line < 5_001; line += 1) operated.world.runtime.log.add('token', 'other');
    const without = await cibaInOne(['trace', txn], { env: operated.env });
    expect(without.stderr).toContain('--trail looks into the audit trail, too.');
    const { stdout } = await cibaInOne(['trace', txn, '--trail', '--json'], { env: operated.env });
    const trace = JSON.parse(stdout) as Trace;
    expect(namesOf(trace)).toEqual(['approved', 'tokens_issued']);
    expect(trace).toMatchObject({ txn, outcome: 'tokens_issued', sub: operated.person.sub });
  });

  it('finds the login by its request id and by its auth_req_id, also from standard input, and repeats neither', async () => {
    const { authReqId, requestId, txn } = await operated.pollLogin();
    await operated.logged(lineAbout(txn, '"approval_seconds"'));
    for (const name of [requestId, authReqId]) expect((await traced(name)).txn).toBe(txn);
    const { stdout, stderr } = await ciba(['trace', '-'], { env: operated.env, input: `${authReqId}\n` });
    expect(stdout).toContain(`txn ${txn}, client ${operated.poll.client_id}, user ${operated.person.sub}`);
    expect(stdout + stderr).not.toContain(authReqId);
  });

  it('says what it looked for when no line is about it, and exits with 1', async () => {
    const authReqId = 'a'.repeat(43);
    const { code, stdout, stderr } = await cibaInOne(['trace', authReqId], { env: operated.env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^ciba: No line is about "[0-9a-f]{16}"\. The local runtime keeps the last 5,000 lines/);
    expect(stderr).not.toContain(authReqId);
  });

  it('says that nothing answers, and what to do', async () => {
    const { code, stderr } = await cibaInOne(['trace', 'a'.repeat(16)], { env: { CIBA_URL: 'http://localhost:1234' } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^ciba: No answer from http:\/\/localhost:1234: nothing listens there\. Start .+\n$/,
      ),
    });
  });

  it('takes no other name', async () => {
    const { code, stderr } = await cibaInOne(['trace', 'call-centre'], { env: operated.env });
    expect(code).toBe(2);
    expect(stderr).toContain('TXN is the 16 characters of txn in a log line');
  });
});

import { describe, expect, it } from 'vitest';
import { humanTerminal, jsonTerminal } from '../../../local/terminal/terminal.ts';
import type { RequestLine } from '../../../provider/core/operating/log-line.ts';

const plain = (_style: unknown, text: string): string => text;

function shown(line: Partial<RequestLine>): string {
  const written: string[] = [];
  const complete = { route: 'POST /token', status: 200, duration_ms: 12, correlation_id: 'c', ...line };
  humanTerminal((text) => written.push(text), plain).log(
    'token',
    JSON.stringify({ level: 'INFO', message: 'request', service: 'token', ...complete }),
  );
  return written.join('\n').replaceAll(/ +/g, ' ');
}

describe('npm start writes one line for each call: when, what, who, how it ended, how long it took', () => {
  it.each<[Partial<RequestLine>, string]>([
    [
      { client_id: 'bank', approval_seconds: 3, txn: 'ab12' },
      '200 POST /token bank tokens, 3 s after the request, txn ab12 12 ms',
    ],
    [
      { status: 400, client_id: 'bank', error: 'authorization_pending', reason: 'authorization_pending' },
      '400 POST /token bank authorization_pending 12 ms',
    ],
    [
      { status: 401, error: 'invalid_client', reason: 'no_client_authentication' },
      '401 POST /token invalid_client, reason no_client_authentication 12 ms',
    ],
    [
      { route: 'POST /bc-authorize', client_id: 'bank', devices: 2, accepted: 1 },
      '200 POST /bc-authorize bank push accepted for 1 of 2 phones 12 ms',
    ],
    [
      {
        route: 'POST /device/requests/{request_id}/response',
        status: 204,
        device_id: 'AbCdEfGhIjKl',
        decision: 'deny',
      },
      '204 POST /device/requests/{request_id}/response phone AbCdEfGh denied 12 ms',
    ],
    [
      { route: 'GET /admin/clients', by: 'arn:aws:iam::000000000000:user/local-operator' },
      '200 GET /admin/clients local-operator 12 ms',
    ],
  ])('%j', (line, expected) =>
    expect(shown(line)).toMatch(new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${expected.replaceAll(/[/{}]/g, '\\$&')}$`)),
  );

  it('shows a fault with its place, because only that helps', () => {
    const written: string[] = [];
    const fault = { message: 'fault', route: 'POST /token', fault: 'TypeError', frames: ['    at redeem (x.ts:1:2)'] };
    humanTerminal((text) => written.push(text), plain).log(
      'token',
      JSON.stringify({ ...fault, correlation_id: 'c-1' }),
    );
    expect(written[0]).toContain('fault POST /token  TypeError, correlation id c-1');
    expect(written[0]).toContain('at redeem (x.ts:1:2)');
  });

  it('leaves audit records to ciba audit, and shows text that is no log line', () => {
    const written: string[] = [];
    const terminal = humanTerminal((text) => written.push(text), plain);
    terminal.log('device', JSON.stringify({ message: 'audit', audit: { response: 'eyJ…' } }));
    terminal.log('device', '');
    terminal.log('device', '(node:1) Warning');
    expect(written).toEqual(['[device] (node:1) Warning']);
  });

  it('shows a path that nobody serves without what would control the terminal', () => {
    const written: string[] = [];
    const answer = { method: 'GET', path: `/\u001b[2J${'x'.repeat(100)}`, status: 404, message: 'Not Found' };
    humanTerminal((text) => written.push(text), plain).refused(answer);
    expect(written[0]).not.toContain('\u001b');
    expect(written[0]?.length).toBeLessThan(100);
  });

  it('writes JSON lines alone to standard output with --json', () => {
    const [out, said]: [string[], string[]] = [[], []];
    const terminal = jsonTerminal(
      (text) => out.push(text),
      (text) => said.push(text),
    );
    terminal.say('ready http://localhost:3000');
    terminal.log('token', '{"message":"request"}');
    terminal.log('token', 'a warning');
    expect(out).toEqual(['{"message":"request"}']);
    expect(said).toEqual(['ready http://localhost:3000', '[token] a warning']);
  });
});

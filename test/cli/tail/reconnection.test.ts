import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCiba } from '../support/ciba-running.ts';

// A local provider that ends and starts again, as its log route answers.

let asked: URLSearchParams[];
let answers: ((response: ServerResponse) => void)[];
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== '/local/log') return response.writeHead(404).end();
  asked.push(searchParams);
  const answer = answers.shift();
  if (!answer) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  response.setHeader('content-type', 'application/x-ndjson');
  return answer(response);
});
let url: string;
beforeEach(async () => {
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const lineOf = (number: number) =>
  `${JSON.stringify({ run: 'r-1', number, at: 1000 + number, function: 'token', line: JSON.stringify({ message: 'request', route: 'POST /token', status: 200, number }) })}\n`;

describe('ciba tail, when the connection to the local provider breaks', () => {
  it('says so once, and goes on after the line that it had last', async () => {
    const drop = (response: ServerResponse) => void response.destroy();
    answers = [
      (response) => response.write(lineOf(1), () => setTimeout(() => response.destroy(), 50)),
      drop,
      (response) => void response.write(lineOf(2)),
    ];
    const run = startCiba(['tail', '--json'], { env: { CIBA_URL: url } });
    await run.said(/"number":2/);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr.match(/is lost\. Trying again\./g)).toHaveLength(1);
    expect(stderr).toContain(`Connected to ${url} again.`);
    expect(asked.map((query) => query.get('after'))).toEqual([null, '1', '1']);
    expect(asked.at(-1)?.get('run')).toBe('r-1');
  });

  it('waits for a provider that is still starting', async () => {
    const starting = (response: ServerResponse) =>
      void response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
    answers = [starting, (response) => void response.write(lineOf(1))];
    const run = startCiba(['tail', '--json'], { env: { CIBA_URL: url } });
    await run.said(/"number":1/);
    run.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
  });

  it('refuses an address that is no such provider', async () => {
    answers = [];
    const { code, stderr } = await startCiba(['tail'], { env: { CIBA_URL: url } }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(
      `${url} offers no log of its functions. Start this version of the local provider: ciba up.`,
    );
  });
});

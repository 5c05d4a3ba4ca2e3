import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ciba } from '../support/ciba-process.ts';

// A provider that lies. Each request id is one lie; a ticket says which issuer the enrolment answers.

let server: Server;
let issuer: string;
let folder: string;
const answers: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const send = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    const id = request.url?.split('/')[3] ?? '';
    if (request.method === 'POST' && request.url !== '/devices') answers.push(id);
    if (request.url === '/devices') {
      request.setEncoding('utf8').once('data', (body: string) => {
        const claims = JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString());
        send({ device_id: 'd', sub: 'ana', issuer: claims.ticket === 'lie' ? 'https://evil.example/' : issuer });
      });
    } else if (id === 'unreadable') send({ details: Buffer.from('[]').toString('base64url') });
    else send({ details: Buffer.from(JSON.stringify({ ...details(id), ...LIES[id] })).toString('base64url') });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  folder = mkdtempSync(join(tmpdir(), 'ciba-hostile-'));
  await enrol('true', 'phone.json');
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const soon = () => Math.floor(Date.now() / 1000) + 60;
const details = (request_id: string) => ({
  issuer,
  client_id: 'bank',
  client_name: 'Harbor Bank',
  sub: 'ana',
  request_id,
  expires_at: soon(),
  scopes: [{ scope: 'openid', description: 'Confirm who you are' }],
  audience: [issuer],
});
const LIES: Readonly<Record<string, object>> = {
  'other-issuer': { issuer: 'https://evil.example/' },
  'other-user': { sub: 'mallory' },
  'other-request': { request_id: 'another' },
  expired: { expires_at: 1_700_000_000 },
  new: { amount: '249.90 EUR', binding_message: 'Call \u001B[2J 7' },
};

const enrol = (ticket: string, file: string) => {
  const uri = `ciba://enrol?issuer=${encodeURIComponent(issuer)}&ticket=${ticket}`;
  return ciba(['phone', 'enrol', '--key', join(folder, file), '--ticket', uri, '--url', issuer]);
};
const phone = (...args: readonly string[]) => ciba(['phone', ...args, '--key', join(folder, 'phone.json')]);

describe('ciba phone keeps the rules of docs/device-api.md', () => {
  it('8: refuses an answer to the enrolment that names another issuer, and keeps no key', async () => {
    const { code, stderr } = await enrol('lie', 'lie.json');
    expect(code).toBe(1);
    expect(stderr).toContain('The issuer in the answer is not that of the ticket.');
    expect(existsSync(join(folder, 'lie.json'))).toBe(false);
  });

  it.concurrent.each([
    ['another issuer', 'other-issuer', 'The details are not for this phone.'],
    ['another user', 'other-user', 'The details are not for this phone.'],
    ['another request', 'other-request', 'The details are not for this phone.'],
    ['the past', 'expired', 'This request has expired, so it is not shown.'],
    ['nobody, because they cannot be read', 'unreadable', 'The details cannot be read.'],
  ])('2: shows and signs nothing for %s', async (_, id, message) => {
    for (const verb of ['show', 'approve', 'deny']) {
      const { code, stdout, stderr } = await phone(verb, id);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(message);
    }
    expect(answers).not.toContain(id);
  });

  it('1, 4: shows everything, also a member that it does not know, and nothing that steers the terminal', async () => {
    const { code, stdout } = await phone('show', 'new');
    expect(code).toBe(0);
    expect(stdout).toContain('Harbor Bank asks (client bank):\n  "Call \uFFFD[2J 7"\n  - Confirm who you are\n');
    expect(stdout).toContain('  unknown   amount: "249.90 EUR"');
  });
});

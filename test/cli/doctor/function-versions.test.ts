import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareFunctions } from '../../../cli/doctor/function-versions.ts';
import type { FunctionManifest } from '../../../provider/core/operating/function-manifest.ts';

// The check `Functions` of `ciba doctor`, against a Lambda that knows two functions.

const manifest: FunctionManifest = {
  version: '1.2.3',
  functions: {
    token: { sha256: 'aa', codeSha256: 'qg==', bytes: 1 },
    'token-revocation': { sha256: 'bb', codeSha256: 'uw==', bytes: 1 },
    events: { sha256: 'cc', codeSha256: 'zA==', bytes: 1 },
  },
};
const outputs = { FunctionToken: 'ciba-Token-1', FunctionTokenRevocation: 'ciba-Revocation-1' };
const live: Record<string, string> = {};
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  const [, name = ''] = /functions\/([^/]+)\/configuration/.exec(request.url ?? '') ?? [];
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ CodeSha256: live[name] }));
});
const aws = {
  region: 'eu-central-1',
  endpoint: '',
  credentials: async () => ({ accessKeyId: 'operator', secretAccessKey: 'secret' }),
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const,
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  aws.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => Object.assign(live, { 'ciba-Token-1': 'qg==', 'ciba-Revocation-1': 'uw==' }));

const compare = (found: Record<string, string> = outputs) => compareFunctions({ outputs: found, aws }, manifest);

describe('the functions of a deployment', () => {
  it('are those of the version if the code behind the alias live of each has its hash', async () => {
    expect(await compare()).toEqual({ state: 'good', says: 'These are the functions of version 1.2.3.' });
    expect(asked.map((url) => new URL(url, aws.endpoint).searchParams.get('Qualifier'))).toEqual(['live', 'live']);
  });

  it('differ from the version by those that are named', async () => {
    live['ciba-Revocation-1'] = 'other';
    const { state, says, todo } = await compare();
    expect({ state, says }).toEqual({ state: 'warning', says: 'Not those of version 1.2.3: token-revocation.' });
    expect(todo).toContain('A stack of the app in the repository');
  });

  it('are of another version if none is the same', async () => {
    Object.assign(live, { 'ciba-Token-1': 'other', 'ciba-Revocation-1': 'other' });
    expect(await compare()).toMatchObject({
      state: 'warning',
      says: 'None of the functions is that of version 1.2.3.',
    });
  });

  it('are not known from a stack that names none', async () => {
    expect(await compare({ Issuer: 'https://login.example.com/' })).toMatchObject({ state: 'unknown' });
  });
});

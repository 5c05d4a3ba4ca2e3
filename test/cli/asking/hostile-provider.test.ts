import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../cli/asking/outcome.ts';
import { ciba } from '../support/ciba-process.ts';

// A provider whose tokens do not hold. Each client id is one kind of mistake.

let server: Server;
let issuer: string;
let keys: Record<'published' | 'foreign', CryptoKey>;
let jwk: object;
beforeAll(async () => {
  const [published, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  keys = { published: published.privateKey, foreign: foreign.privateKey };
  jwk = { ...(await exportJWK(published.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  server = createServer((request, response) => {
    const send = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    const [, credentials = ''] = (request.headers.authorization ?? '').split(' ');
    const [clientId = ''] = Buffer.from(credentials, 'base64').toString().split(':');
    if (request.url === '/.well-known/openid-configuration') send(metadata());
    else if (request.url === '/jwks') send({ keys: [jwk] });
    else if (request.url === '/ask') send({ auth_req_id: 'r', expires_in: 60, interval: 1 });
    else void tokensFor(clientId).then(send);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server?.close());

const metadata = () => ({
  issuer,
  token_endpoint: `${issuer}token`,
  backchannel_authentication_endpoint: `${issuer}ask`,
  jwks_uri: `${issuer}jwks`,
  id_token_signing_alg_values_supported: ['ES256'],
});

async function tokensFor(mistake: string): Promise<object> {
  const key = (wrong: string) => (mistake === wrong ? keys.foreign : keys.published);
  const sign = (claims: object, typ: string, signer: CryptoKey) =>
    new SignJWT({ iss: issuer, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ })
      .setIssuedAt()
      .setExpirationTime(mistake === 'stale' ? '-10m' : '5m')
      .sign(signer);
  const subject = mistake === 'other-user' ? 'mallory' : 'ana';
  const audience = mistake === 'no-api' ? mistake : 'https://api.example';
  const typ = mistake === 'not-access' ? 'JWT' : mistake === 'other-type' ? 'logout+jwt' : 'at+jwt';
  const client_id = mistake === 'foreign-access' ? 'somebody' : mistake;
  const access = { sub: subject, aud: audience, client_id, ...(mistake === 'not-access' && { at_hash: 'x' }) };
  const access_token = await sign(access, typ, key('forged-access'));
  const half = createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url');
  const at_hash = mistake === 'mixed' ? 'AAAAAAAAAAAAAAAAAAAAAA' : half;
  const aud = mistake === 'other-client' ? 'somebody' : mistake;
  const id_token = await sign({ sub: 'ana', aud, at_hash }, 'JWT', key('forged-id'));
  return { access_token, id_token, token_type: 'Bearer', expires_in: 300 };
}

describe('ciba ask believes no token that does not hold: it exits 6 and shows none', () => {
  it.concurrent.each([
    ['an ID token with a foreign signature', 'forged-id'],
    ['an access token with a foreign signature', 'forged-access'],
    ['an ID token for another client', 'other-client'],
    ['tokens of two users', 'other-user'],
    ['an at_hash of another access token', 'mixed'],
    ['an access token for the client itself', 'no-api'],
    ['an ID token in the place of an access token', 'not-access'],
    ['a JWT of another type in its place', 'other-type'],
    ['an access token of another client', 'foreign-access'],
    ['tokens that have expired', 'stale'],
  ])('%s', async (_, mistake) => {
    const args = ['ask', 'ana', '--client', mistake, '--secret', '-', '--show-tokens', '--json', '--url', issuer];
    const { code, stdout } = await ciba(args, { input: 'secret' });
    const { outcome, tokens, refusal } = JSON.parse(stdout) as Outcome;
    expect({ code, outcome, tokens }).toEqual({ code: 6, outcome: 'not_verified', tokens: undefined });
    expect(refusal).toMatchObject({
      error: 'tokens_not_verified',
      next: expect.stringMatching(/^Throw the tokens away/),
    });
    expect(stdout).not.toContain('eyJ');
  });

  it('but it believes tokens that do', async () => {
    const args = ['ask', 'ana', '--client', 'good', '--secret', '-', '--json', '--url', issuer];
    const { code, stdout } = await ciba(args, { input: 'secret' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'approved', tokens: { id_token: { claims: { sub: 'ana' } } } });
  });

  it('and exits 1 where no provider answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const silent = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    const args = ['ask', 'ana', '--client', 'a', '--secret', '-', '--url', silent];
    const { code, stdout, stderr } = await ciba(args, { input: 'secret' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`No answer from ${silent}: nothing listens there.`);
  });
});

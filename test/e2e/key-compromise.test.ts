import { execFile } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { goodAccount } from '../cli/doctor/doctor-deployment.ts';
import { FakeAws } from '../cli/support/aws-account.ts';
import { codeBlocksOf, root } from '../support/code-blocks.ts';
import { type TestClient, World } from '../support/world.ts';

// The drill of docs/operations.md, "A key is compromised": its commands run as they stand there, with the real command
// `ciba`. Only CloudFormation and Lambda are stand-ins in front of the local runtime. A thief has opened a private key.

const run = promisify(execFile);
const SIGNING_KEYS = 'arn:aws:lambda:eu-central-1:111122223333:function:signing-keys:live';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
let world: World;
let aws: FakeAws;
let awsUrl: string;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;

beforeEach(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person();
  const account = goodAccount();
  account.stack = { ...account.stack, name: 'ciba-production', outputs: { SigningKeysFunction: SIGNING_KEYS } };
  account.functions[SIGNING_KEYS] = (payload) => world.runtime.host.invoke('signing-keys', payload);
  aws = new FakeAws(account);
  awsUrl = await aws.listen();
});
afterEach(async () => {
  aws?.close();
  await world?.close();
});

/** The commands of the section, in their order: list, revoke, list. */
function drill(): readonly [list: string, revoke: string, listAgain: string] {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const [, section = ''] = /^## A key is compromised\n([\s\S]*?)^## /m.exec(page) ?? [];
  const [list = '', revoke = '', listAgain = '', ...more] = codeBlocksOf('', section).map(({ text }) => text);
  expect(more).toEqual([]);
  return [list, revoke, listAgain];
}

/** Runs a command of the page. `output Issuer` is the local runtime. */
async function type(script: string): Promise<string> {
  const shell = [
    `output() { echo '${world.issuer}'; }`,
    // npm run ciba -- …
    `npm() { shift 3; '${process.execPath}' --import ./local/check-node.mjs cli/ciba.ts "$@"; }`,
    script,
  ].join('\n');
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: '/nonexistent',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return (await run('bash', ['--norc', '-c', shell], { cwd: root, env })).stdout;
}

const kidsIn = (list: string) =>
  list
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' ')[0] ?? '');

/** A login, up to the `kid` of its ID token. */
async function signer(): Promise<string> {
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  await world.answer(person.phone, requestId, 'approve');
  return decodeProtectedHeader(String((await world.poll(client, authReqId)).body['id_token'])).kid ?? '';
}

const keySet = async () => (await world.send('/.well-known/jwks.json', {})).body as unknown as JSONWebKeySet;

/** What a thief gets who reads the table and may decrypt: the stand-ins have no policies. */
async function stolen(kid: string): Promise<KeyObject> {
  const place = { endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials };
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'PRIVATEKEY#RS256' } } };
  const { Items = [] } = await new DynamoDBClient(place).send(new QueryCommand({ TableName: 'Directory', ...query }));
  const CiphertextBlob = Items.find((item) => item['kid']?.S === kid)?.['ciphertext']?.B;
  if (!CiphertextBlob) throw new Error('the private half is gone');
  const EncryptionContext = { purpose: 'ciba-signing-key', kid, algorithm: 'RS256' };
  const { Plaintext = new Uint8Array() } = await new KMSClient(place).send(
    new DecryptCommand({ KeyId: 'local', CiphertextBlob, EncryptionContext }),
  );
  return createPrivateKey({ key: Buffer.from(Plaintext), format: 'der', type: 'pkcs8' });
}

/** A token that the provider never issued. */
const forge = (key: KeyObject, kid: string) =>
  new SignJWT({ iss: world.issuer, sub: person.sub })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setExpirationTime('10y')
    .sign(key);

const audited = (event: string) =>
  world
    .trail(event)
    .filter((record) => record['phase'] === 'done')
    .map((record) => ({ kid: String(record['kid']), by: String(record['by']) }));

it('a leaked signing key: revoked by the commands of the page, over once verifiers have read the key set again', async () => {
  const [list, revoke, listAgain] = drill();
  const leaked = await signer();
  const before = await keySet();
  const forged = await forge(await stolen(leaked), leaked);
  await expect(jwtVerify(forged, createLocalJWKSet(before))).resolves.toBeDefined();
  expect(kidsIn(await type(list))).toContain(leaked);
  const inProgress = await world.asked(client, { login_hint: person.email, requested_expiry: '600' });
  await world.answer(person.phone, inProgress.requestId, 'approve');

  const steps = await type(revoke.replace('KID', leaked));
  expect(steps).toMatch(new RegExp(`^revoke +RS256 +${leaked}$`, 'm'));
  expect(audited('signing_key_revoked')).toEqual([
    expect.objectContaining({ kid: leaked, by: expect.stringContaining('by ciba') }),
  ]);
  await expect(stolen(leaked)).rejects.toThrow('the private half is gone');

  // Within five minutes a warm function may still sign with the key and publish it.
  expect(await signer()).toBe(leaked);
  expect(kidsIn(await type(listAgain))).toContain(leaked);
  world.runtime.advance(301);
  expect(kidsIn(await type(listAgain))).not.toContain(leaked);
  const { body } = await world.poll(client, inProgress.authReqId);
  expect(decodeProtectedHeader(String(body['id_token'])).kid).not.toBe(leaked);

  // A verifier that keeps its old key set still believes the thief. One that reads it again does not.
  await expect(jwtVerify(forged, createLocalJWKSet(before))).resolves.toBeDefined();
  const after = createLocalJWKSet(await keySet());
  await expect(jwtVerify(forged, after)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  await expect(jwtVerify(String(body['id_token']), after)).resolves.toBeDefined();

  // The same command again says that the revocation was complete.
  await expect(type(revoke.replace('KID', leaked))).rejects.toMatchObject({
    stderr: expect.stringContaining('There is no signing key'),
  });
}, 120_000);

it('keys opened with the KMS key: each key of the list is revoked, and logins go on with keys that nobody saw', async () => {
  const [list, revoke, listAgain] = drill();
  await signer();
  const seen = kidsIn(await type(list));
  expect(seen).toHaveLength(6);
  for (const kid of seen) await type(revoke.replace('KID', kid));
  world.runtime.advance(301);
  const left = kidsIn(await type(listAgain));
  expect(left).toHaveLength(6);
  expect(left.filter((kid) => seen.includes(kid))).toEqual([]);
  expect(left).toContain(await signer());
  expect(audited('signing_key_revoked').map(({ kid }) => kid)).toEqual(seen);
}, 240_000);

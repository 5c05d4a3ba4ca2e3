import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tableNames } from '../../local/runtime/tables.ts';
import { TicketsTable } from '../../provider/adapters/dynamodb/enrolments-table.ts';
import { PeopleRegistryTable } from '../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { WithdrawableRequestsTable } from '../../provider/adapters/dynamodb/withdrawable-requests-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { sha256 } from '../../provider/core/digest.ts';
import { parsePublicKey } from '../../provider/core/keys/public-key.ts';
import { registerUser } from '../../provider/core/person/profile.ts';
import { wordingOf } from '../../provider/core/refusal.ts';
import { valueFrom } from '../core/given.ts';
import { root } from '../support/code-blocks.ts';
import { VECTORS_FILE, type VectorsFile } from '../support/device-vectors/file.ts';
import { DEVICES, ISSUER, NOW, NUMBER, REQUESTS, TICKETS, USERS } from '../support/device-vectors/given.ts';
import { type KeyName, keyNamed } from '../support/device-vectors/keys.ts';
import { VECTORS } from '../support/device-vectors/vectors.ts';
import { World } from '../support/world.ts';

// The file that developers of apps check their code against, called at the functions themselves. docs/ tests that the
// file is the one that is generated, and has every route and every refusal.

const { vectors }: VectorsFile = JSON.parse(readFileSync(join(root, VECTORS_FILE), 'utf8'));
let world: World;

beforeAll(async () => {
  world = await World.start({ variables: { ISSUER, REQUEST_LIMITS: '{}' } });
  world.runtime.advance(NOW - world.runtime.now());
  await storeGiven();
});
afterAll(() => world?.close());

/** Stores what the vectors start from, through the adapters, because no call could choose the ids. */
async function storeGiven(): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
  const directory = new Table(client, tableNames.directory);
  const transactions = new Table(client, tableNames.transactions);
  const registry = new PeopleRegistryTable(directory, entropy, () => NOW);
  const people = new PeopleAndDevicesTable(directory, entropy);
  const tickets = new TicketsTable({ directory, transactions }, entropy);
  const requests = new RequestsTable(transactions, entropy);
  for (const user of Object.values(USERS)) {
    const devices = Object.values(DEVICES).filter(({ sub }) => sub === user.sub);
    const owner = valueFrom(registerUser(user, { sub: user.sub, profileId: `profile of ${user.sub}` }));
    await registry.create({ ...owner, deviceIds: devices.map(({ deviceId }) => deviceId) });
    const publicKeyOf = (name: KeyName) => valueFrom(parsePublicKey(keyNamed(name).publicJwk));
    for (const { key, verificationKey: second, ...device } of devices) {
      const verificationKey = second && publicKeyOf(second);
      const proof = { kind: 'device-jws', publicKey: publicKeyOf(key), verificationKey } as const;
      const endpointArn = `arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/local/${device.deviceId}`;
      const reach = { kind: 'sns', platform: 'GCM', endpointArn, push: 'reachable' } as const;
      await people.save({ ...device, proof, reach });
    }
  }
  for (const [sub, { ticket, expiresAt }] of Object.entries(TICKETS)) {
    const stored = { hash: sha256(ticket), issuedAt: expiresAt - 600, expiresAt };
    await tickets.issueTicket({ owner: { sub, profileId: `profile of ${sub}` }, ticket: stored });
  }
  for (const { requestId, sub, issuedAt, expiresAt, details, asked, numberMatching } of Object.values(REQUESTS)) {
    const registration = { clientId: asked.clientId, registrationId: 'registration of harbor-bank' };
    const owner = { sub, profileId: `profile of ${sub}` };
    const life = { issuedAt, expiresAt, intervalSeconds: 5, nextPollAt: 0 };
    const number = numberMatching === 'phone_enters' ? NUMBER : undefined;
    const request = { requestId, ...registration, ...owner, ...life, numberMatching };
    await requests.create({ request, asked, details, number });
  }
  const withdrawable = new WithdrawableRequestsTable(transactions, entropy);
  const { requestId, asked } = REQUESTS.withdrawn;
  const by = { clientId: asked.clientId, registrationId: 'registration of harbor-bank' };
  await withdrawable.recordWithdrawal({ requestId, ...by, now: NOW });
  client.destroy();
}

it('there are calls in the file', () =>
  expect(vectors.map(({ name }) => name)).toEqual(VECTORS.map(({ name }) => name)));

it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (name, { request, answer: expected }) => {
  const { method, path, headers, body } = request;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await world.send(path, { method, headers, ...(body !== undefined && { body: text }) });
  const { status, body: wanted = {}, varies = [] } = expected;
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: { ...wanted, ...Object.fromEntries(varies.map((member) => [member, expect.any(String)])) },
  });
  const intended = VECTORS.find((vector) => vector.name === name)?.answer;
  if (!intended || !('refusal' in intended)) return;
  const { reason, detail } = await world.line(answer);
  expect({ reason, detail }).toEqual({ reason: intended.refusal.reason, detail: wordingOf(intended.refusal).detail });
});

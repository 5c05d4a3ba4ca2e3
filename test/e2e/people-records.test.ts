import { DeleteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../provider/core/digest.ts';
import { awsCall, holdCall } from '../support/held-call.ts';
import { KINDS, ROWS } from '../support/kept-kinds.ts';
import { openEvidence, type SealedRecord } from '../support/sealed-evidence.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const LIMITS = { perUser: { perMinute: 50, perHour: 500 }, expiryLimit: 7200 };
let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(LIMITS) } });
  client = await world.client({ scope: 'openid profile' });
});
afterAll(() => world?.close());

let people = 0;
type StoredText = { readonly table: string; readonly pk: string; readonly sk: string; readonly text: string };

/** All items of both tables, as text. */
async function everything(): Promise<StoredText[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamodb = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
  const found: StoredText[] = [];
  for (const table of ['Directory', 'Transactions'])
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table }))
      found.push(
        ...Items.map((item) => {
          const { pk, sk, ...more } = unmarshall(item);
          return { table, pk, sk, text: `${pk} ${sk} ${JSON.stringify(more, textOf)}` };
        }),
      );
  dynamodb.destroy();
  return found;
}

async function removeItem(pk: string, sk: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamodb = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
  await dynamodb.send(new DeleteItemCommand({ TableName: 'Directory', Key: { pk: { S: pk }, sk: { S: sk } } }));
  dynamodb.destroy();
}

function textOf(_name: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}

/**
 * A person with everything that a person can leave: two phones, an approved, a denied and a long-lived open request, a
 * client that pauses, and a ticket.
 */
async function richPerson(sub: string) {
  people += 1;
  const email = `${sub.replace('|', '-')}@example.com`;
  const phoneNumber = `+4930${String(people).padStart(7, '9')}`;
  const profile = { sub, email, phone_number: phoneNumber, preferred_username: `name-of-${sub.replace('|', '-')}` };
  await world.user({ ...profile, name: 'Rosalind Record' });
  const first = await world.phone(sub, { name: 'First phone', pushToken: `first-${people}` });
  const second = await world.phone(sub, { name: 'Second phone', pushToken: `second-${people}` });
  const form = { login_hint: email, scope: 'openid profile', binding_message: 'Pay 4711' };
  const approved = await world.asked(client, form);
  await world.answer(first, approved.requestId, 'approve');
  const denied = await world.asked(await world.client(), { login_hint: email });
  await world.answer(first, denied.requestId, 'deny');
  const pending = await world.asked(client, { ...form, requested_expiry: '7200' });
  await world.admin('PUT', path(sub, 'user-code'), { user_code: '4711' });
  const guesser = await world.client({ backchannel_user_code_parameter: true });
  expect((await world.ask(guesser, { login_hint: email, user_code: '0815' })).status).toBe(400);
  const ticket = await world.ticket(sub);
  const marks = [sub, email, phoneNumber, profile.preferred_username, 'Rosalind Record'];
  const deviceIds = [first, second].map(({ identity }) => identity.deviceId);
  return { sub, email, phoneNumber, first, approved, pending, ticket, deviceIds, marks: [...marks, ...deviceIds] };
}
type Person = Awaited<ReturnType<typeof richPerson>>;

/** A person with one of everything. */
async function plainPerson(sub: string) {
  const email = `${sub}@example.com`;
  await world.user({ sub, email, name: 'Rosalind Record' });
  const { identity } = await world.phone(sub);
  await world.asked(client, { login_hint: email });
  return { sub, ticket: await world.ticket(sub), marks: [sub, email, 'Rosalind Record', identity.deviceId] };
}

const path = (sub: string, what: string) => `/admin/users/${encodeURIComponent(sub)}/${what}`;
const erase = (sub: string): Promise<Answer> => world.admin('POST', path(sub, 'erase'));
/** What the tables say of a person. */
const mentions = async ({ marks }: Pick<Person, 'marks'>): Promise<StoredText[]> =>
  (await everything()).filter(({ text }) => marks.some((mark) => text.includes(mark)));
/** What is left of a person. Earlier tickets than the newest are swept ten minutes after they were made. */
async function leftOf(person: Pick<Person, 'marks' | 'ticket'>): Promise<string[]> {
  const newest = `TICKET#${sha256(new URL(person.ticket).searchParams.get('ticket') ?? '')}`;
  const found = await mentions(person);
  return found.filter(({ pk }) => !pk.startsWith('TICKET#') || pk === newest).map(({ text }) => text);
}
const evidenceOf = ({ approved }: Person): SealedRecord => {
  const found = world.trail(approved.requestId).find(({ event }) => event === 'decision_evidence');
  return found as unknown as SealedRecord;
};

describe('docs/storage.md', () => {
  it('has a kind for every item that is stored', async () => {
    await richPerson('kinds');
    const isKnown = ({ pk, sk }: StoredText) => KINDS.some(({ matches }) => matches.test(`${pk} ${sk}`));
    const unknown = (await everything()).filter((item) => !isKnown(item));
    expect(unknown.map(({ text }) => text)).toEqual([]);
    expect((await erase('kinds')).status).toBe(204);
  });
});

describe('an export', () => {
  it('holds what a login left: profile, identifiers, phones, requests with what was shown, counts and ticket', async () => {
    const person = await richPerson('exported');
    const { status, body } = await world.admin('GET', path('exported', 'export'));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sub: 'exported',
      exported_at: world.runtime.now(),
      profile: {
        status: 'active',
        claims: { name: 'Rosalind Record', email: person.email, phone_number: person.phoneNumber },
        device_ids: expect.arrayContaining(person.deviceIds),
        ticket: { expires_at: world.runtime.now() + 600 },
      },
    });
    const { login_identifiers, devices, requests, rate_windows, blocks, evidence_keys } = body as Record<
      string,
      object[]
    >;
    expect(login_identifiers).toHaveLength(3);
    expect(devices?.map((one) => 'name' in one && one.name).sort()).toEqual(['First phone', 'Second phone']);
    for (const device of devices ?? [])
      expect(device).toMatchObject({
        platform: 'GCM',
        public_key: { kty: 'EC' },
        endpoint_arn: expect.stringMatching(/^arn:aws:sns:/),
      });
    expect(requests).toHaveLength(3);
    expect(blocks).toMatchObject([{ denials: 1 }]);
    const ofApproved = (one: object) => 'request_id' in one && one.request_id === person.approved.requestId;
    expect(requests?.find(ofApproved)).toMatchObject({
      details: { binding_message: 'Pay 4711', client_id: client.client_id },
      asked: { client_id: client.client_id },
      status: { state: 'approved', grant: { claims: { name: 'Rosalind Record' }, amr: ['user'] } },
    });
    expect(rate_windows).toMatchObject([{ count: 3 }]);
    expect(body['user_code']).toEqual({ profile_id: expect.any(String), set_at: world.runtime.now() });
    expect(body['user_code_attempts']).toEqual([{ client_id: expect.any(String), day: expect.any(Number), count: 1 }]);
    // The nonces of writes are not about the person. `used_by` of a ticket is the thumbprint of a key.
    expect(JSON.stringify(body)).not.toMatch(/"(?!used_by)[a-z]+_by"/);
    expect(Object.keys(requests?.find(ofApproved) ?? {}).toSorted()).toEqual(
      'asked details details_hash devices_rung expires_at profile_id registration_id request_id status'.split(' '),
    );
    expect(evidence_keys).toHaveLength(1);
    // Every member that the page promises is there.
    for (const { told } of ROWS.filter((row) => row.told.startsWith('`')))
      for (const [, member = ''] of told.matchAll(/`([a-z_]+)/g)) expect(JSON.stringify(body)).toContain(`"${member}"`);
    await erase('exported');
  });

  it('has no secret in it, and nothing of another person who shares a push endpoint', async () => {
    const person = await richPerson('discreet');
    const other = await world.user({ sub: 'neighbour' });
    await world.phone(other.sub, { pushToken: `first-${people}` });
    const { text } = await world.admin('GET', path('discreet', 'export'));
    const { body } = await world.admin('GET', path('discreet', 'evidence-keys'));
    const [{ key = '' } = {}] = body['evidence_keys'] as { key?: string }[];
    expect(key).toHaveLength(43);
    const ticket = new URL(person.ticket).searchParams.get('ticket') ?? '';
    const secrets = [
      person.approved.authReqId,
      person.pending.authReqId,
      ticket,
      key,
      client.client_secret,
      'neighbour',
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    await erase('discreet');
    expect((await world.admin('GET', path('neighbour', 'devices'))).body['devices']).toHaveLength(1);
  });

  it('and the audit trail and the log have who read it', async () => {
    await world.user({ sub: 'read' });
    const answer = await world.admin('GET', path('read', 'export'));
    const { by } = await world.line(answer);
    expect(by).toMatch(/^arn:/);
    const records = world.runtime.audit.lines.map((line) => JSON.parse(line)).filter(({ sub }) => sub === 'read');
    expect(records.slice(-2)).toMatchObject([
      { event: 'user_exported', phase: 'intended', by },
      { event: 'user_exported', phase: 'done', by },
    ]);
  });

  it('of a subject of which nothing is kept is 404', async () => {
    const answer = await world.admin('GET', path('nobody', 'export'));
    expect(answer.status).toBe(404);
    expect(await world.reason(answer)).toBe('not_found');
  });
});

describe('evidence in the audit trail', () => {
  it('is opened by the key of its person, and by no other; nor in the record of another request', async () => {
    const person = await richPerson('sealed');
    const evidence = evidenceOf(person);
    expect(evidence).not.toHaveProperty('response');
    expect(JSON.stringify(evidence)).not.toContain('Pay 4711');
    // Firehose bills a record in steps of 5 KB.
    expect(JSON.stringify(evidence).length).toBeLessThan(2.5 * 1024);
    const { body } = await world.admin('GET', path('sealed', 'evidence-keys'));
    const [key] = body['evidence_keys'] as { key: string; profile_id: string }[];
    const { details, response } = openEvidence(evidence, key?.key ?? '');
    expect(key?.profile_id).toBe(evidence.profileId);
    expect(Buffer.from(details, 'base64url').toString()).toContain('Pay 4711');
    expect(response.split('.')).toHaveLength(3);
    expect(() => openEvidence(evidence, Buffer.alloc(32).toString('base64url'))).toThrow();
    expect(() => openEvidence({ ...evidence, requestId: person.pending.requestId }, key?.key ?? '')).toThrow();
    await erase('sealed');
  });

  it('can be opened after the user was removed, also when another person has the subject', async () => {
    const former = await richPerson('reused');
    expect((await world.admin('DELETE', '/admin/users/reused')).status).toBe(204);
    const later = await richPerson('reused');
    const { body } = await world.admin('GET', path('reused', 'evidence-keys'));
    const keys = body['evidence_keys'] as { key: string; profile_id: string }[];
    expect(keys).toHaveLength(2);
    for (const person of [former, later]) {
      const evidence = evidenceOf(person);
      const key = keys.find(({ profile_id }) => profile_id === evidence.profileId)?.key ?? '';
      expect(openEvidence(evidence, key).response).toMatch(/^ey/);
    }
    // The erasure of the present user keeps the key of the former one; the next call erases that as well.
    expect((await erase('reused')).status).toBe(204);
    const left = (await world.admin('GET', path('reused', 'evidence-keys'))).body['evidence_keys'];
    expect(left).toMatchObject([{ profile_id: evidenceOf(former).profileId }]);
    expect((await erase('reused')).status).toBe(204);
    expect((await erase('reused')).status).toBe(404);
  });
});

describe('an erasure', () => {
  it('leaves nothing of the person in the tables, and evidence that nobody can open but that still counts', async () => {
    const person = await richPerson('crm|4711');
    const before = await mentions(person);
    const kinds = ROWS.filter(({ isErased }) => isErased).map(({ name }) => KINDS.find((kind) => kind.name === name));
    for (const kind of kinds)
      expect([kind?.name, before.some(({ pk, sk }) => kind?.matches.test(`${pk} ${sk}`))]).toEqual([kind?.name, true]);
    const endpoints = world.runtime.sns.endpoints.size;
    expect((await erase('crm|4711')).status).toBe(204);
    expect(await leftOf(person)).toEqual([]);
    expect(world.runtime.sns.endpoints.size).toBe(endpoints - 2);
    expect((await world.admin('GET', path('crm|4711', 'evidence-keys'))).status).toBe(404);
    expect(world.trail(person.approved.requestId).map(({ event }) => event)).toContain('decision_evidence');
    const own = world.runtime.audit.lines.filter((line) => line.includes('user_erased') && line.includes('crm|4711'));
    expect(own.map((line) => JSON.parse(line).phase)).toEqual(['intended', 'done']);
    for (const mark of [person.email, person.phoneNumber, 'Rosalind Record', ...person.deviceIds])
      expect(own.join()).not.toContain(mark);
  });

  it('leaves no request that names the person, of a client that the person reported and that asks on', async () => {
    const person = await richPerson('harassed');
    await world.admin('DELETE', path('harassed', 'user-code'));
    const reported = await world.client();
    const ask = () => world.asked(reported, { login_hint: person.email });
    const { requestId } = await ask();
    const { bytes } = await person.first.read(requestId);
    const claims = { decision: 'deny', reason: 'fraud' };
    expect((await sendAnswer(world, person.first, { requestId, bytes, claims })).status).toBe(204);
    world.runtime.advance(15);
    const silent = await ask();
    const stored = async () => (await everything()).find(({ pk }) => pk === `REQUEST#${silent.requestId}`);
    expect((await stored())?.text).toContain('denied_from');
    expect((await erase('harassed')).status).toBe(204);
    expect(await leftOf(person)).toEqual([]);
    // It is still there, so that its client notices nothing.
    expect(await stored()).toBeDefined();
    expect((await world.poll(reported, silent.authReqId)).body['error']).toBe('authorization_pending');
    world.runtime.advance(60);
    expect((await world.poll(reported, silent.authReqId)).body['error']).toBe('access_denied');
  });

  it('makes a phone that is still out there find nothing, and the client get no tokens', async () => {
    const person = await richPerson('gone');
    await erase('gone');
    await expect(person.first.read(person.pending.requestId)).rejects.toThrow();
    const bytes = new TextEncoder().encode('{}');
    expect((await person.first.answer(person.pending.requestId, bytes, 'approve')).status).toBe(401);
    const poll = await world.poll(client, person.approved.authReqId);
    expect([poll.status, await world.reason(poll)]).toEqual([400, 'unknown_auth_req_id']);
  });

  it('leaves no evidence that can be opened where a decision makes a key at the same time (held AWS call)', async () => {
    await plainPerson('deciding');
    const phone = await world.phone('deciding');
    const { requestId } = await world.asked(client, { login_hint: 'deciding@example.com' });
    const { bytes } = await phone.read(requestId);
    // As of a person who enrolled before there were such keys.
    await removeItem('EVIDENCEKEY#deciding', 'EVIDENCEKEY');
    const key = holdCall(world, awsCall('PutItem', 'device', 'EVIDENCEKEY#deciding'));
    const answered = phone.answer(requestId, bytes, 'approve');
    await key.held;
    expect((await erase('deciding')).status).toBe(204);
    key.release();
    expect((await answered).status).toBe(401);
    expect(world.trail(requestId).map(({ event }) => event)).toEqual([]);
    // The key that was made opens nothing. It goes with the next erasure.
    expect((await erase('deciding')).status).toBe(204);
    expect((await everything()).filter(({ pk }) => pk === 'EVIDENCEKEY#deciding')).toEqual([]);
  });

  it('that breaks off at any of its calls is finished by the next one', async () => {
    const denied = {
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: '{"__type":"AccessDeniedException","message":"the process died"}',
    };
    let calls = 1;
    let done = 0;
    // An erasure now and then makes one call more, such as a read of the log level.
    for (let broken = 1; broken <= calls || (done === 0 && broken < 100); broken += 1) {
      const person = await plainPerson(`broken-${broken}`);
      let seen = 0;
      world.runtime.aws.interference = () => (++seen >= broken ? denied : undefined);
      const { status } = await erase(person.sub);
      world.runtime.aws.interference = () => {
        seen += 1;
        return undefined;
      };
      seen = 0;
      // Only if nothing but the record of the outcome was missing, everything is gone.
      const isDone = status === 204;
      if (!isDone) expect(status).toBeGreaterThanOrEqual(500);
      expect([broken, (await erase(person.sub)).status]).toEqual([broken, isDone ? 404 : 204]);
      done += isDone ? 1 : 0;
      calls = Math.max(calls, seen);
      world.runtime.aws.interference = undefined;
      expect(await leftOf(person)).toEqual([]);
    }
    expect(calls).toBeGreaterThan(20);
    expect(done).toBeGreaterThan(0);
  }, 120_000);
});

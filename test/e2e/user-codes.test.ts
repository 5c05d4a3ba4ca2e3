import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { LIMITS_OFF } from '../../local/runtime/limits-off.ts';
import { expectRefusal } from '../support/assertions.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// User codes over HTTP (CIBA §7.1.2): set by the company's backend, changed by the phone, sent by clients.

const LIMITS = { ...LIMITS_OFF, wrongUserCodes: 3 };
const MISSING = { status: 400, error: 'missing_user_code', reason: 'missing_user_code' };
const WRONG = { status: 400, error: 'invalid_user_code', reason: 'wrong_user_code' };
const LOCKED = { status: 403, error: 'access_denied', reason: 'too_many_wrong_user_codes' };

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(LIMITS) } });
  client = await world.client({ backchannel_user_code_parameter: true });
});
afterAll(() => world?.close());

const pathOf = (sub: string) => `/admin/users/${sub}/user-code`;
const setCode = (sub: string, user_code: string) => world.admin('PUT', pathOf(sub), { user_code });
/** A person with a phone, and with a code. */
async function guarded(code = '4711') {
  const person = await world.person();
  expect((await setCode(person.sub, code)).status).toBe(204);
  const ask = (user_code?: string, by = client) => world.ask(by, { login_hint: person.email, user_code });
  return { ...person, ask };
}
async function setByPhone(phone: Phone, user_code: string): Promise<Answer> {
  const authorization = await phone.assertion('PUT', 'device/user-code');
  const headers = { 'content-type': 'application/json', authorization };
  return world.send('/device/user-code', { method: 'PUT', headers, body: JSON.stringify({ user_code }) });
}
/** Expects a refusal that rang nobody. */
async function expectUnasked(answer: Promise<Answer>, refusal: typeof WRONG): Promise<void> {
  const before = world.runtime.push.deliveries.length;
  await expectRefusal(world, await answer, refusal);
  expect(world.runtime.push.deliveries).toHaveLength(before);
}

describe('a person with a user code (CIBA §7.1.2)', () => {
  it('is asked with the right code, and neither without one nor with a wrong one', async () => {
    const { ask, phone } = await guarded();
    await expectUnasked(ask(), MISSING);
    await expectUnasked(ask('4712'), WRONG);
    expect((await ask('4711')).status).toBe(200);
    expect(await phone.list()).toHaveLength(1);
  });

  it('is not asked by a client that is not registered for codes, whatever it sends (CIBA §4)', async () => {
    const { ask } = await guarded();
    const other = await world.client();
    const refused = await ask('4711', other);
    await expectRefusal(world, refused, MISSING);
    expect(await world.line(refused)).toMatchObject({ detail: 'client_not_registered' });
  });

  it('cannot be guessed: after three wrong codes the right one is refused too, until the day ends', async () => {
    const { ask } = await guarded();
    for (const code of ['0000', '0001', '0002']) await expectUnasked(ask(code), WRONG);
    await expectUnasked(ask('4711'), LOCKED);
    const answer = await ask('4711');
    const left = 86_400 - (world.runtime.now() % 86_400);
    expect(answer.headers.get('retry-after')).toBe(String(left));
    world.runtime.advance(left);
    expect((await ask('4711')).status).toBe(200);
  });

  it('is not locked out for other clients by one that guesses, and right codes use nothing up', async () => {
    const { ask } = await guarded();
    const other = await world.client({ backchannel_user_code_parameter: true });
    for (const code of ['0000', '0001', '0002', '0003']) await ask(code);
    for (let login = 0; login < 5; login += 1) expect((await ask('4711', other)).status).toBe(200);
    await expectUnasked(ask('4711'), LOCKED);
  });

  it('has each wrong code counted, also of six at once', async () => {
    const { ask } = await guarded();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => ask(`000${index}`)));
    const reasons = await Promise.all(answers.map((answer) => world.reason(answer)));
    expect(reasons.filter((reason) => reason === 'wrong_user_code')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'too_many_wrong_user_codes')).toHaveLength(3);
  });

  it('changes the code with the phone: the old one is wrong, and wrong attempts at it count no more', async () => {
    const { ask, phone, sub } = await guarded();
    for (const code of ['0000', '0001', '0002']) await ask(code);
    expect((await setByPhone(phone, 'a new code')).status).toBe(204);
    await expectUnasked(ask('4711'), WRONG);
    expect((await ask('a new code')).status).toBe(200);
    const events = world.trail('user_code_set').filter((event) => event['sub'] === sub);
    expect(events.at(-1)).toMatchObject({ by: 'device', phase: 'done' });
  });

  it('is asked by every client again once the code is removed', async () => {
    const { ask, sub } = await guarded();
    expect((await world.admin('DELETE', pathOf(sub))).status).toBe(204);
    expect((await ask(undefined, await world.client())).status).toBe(200);
    expect((await ask('anything')).status).toBe(200);
    expect((await world.admin('DELETE', pathOf(sub))).status).toBe(404);
  });

  it('has no code of a former person with the same sub', async () => {
    const { sub } = await guarded();
    await world.admin('DELETE', `/admin/users/${sub}`);
    const again = await world.user({ sub });
    await world.phone(sub);
    expect((await world.ask(client, { login_hint: again.email })).status).toBe(200);
  });
});

describe('the code of a person', () => {
  it('is told to nobody: operators see when it was set, and no store has it in the clear', async () => {
    const { sub } = await guarded('a secret of mine');
    const shown = await world.admin('GET', `/admin/users/${sub}`);
    expect(shown.body['user_code_set_at']).toBe(world.runtime.now());
    const item = await world.stored('Directory', { pk: `USER#${sub}`, sk: 'CODE' });
    expect(item?.['hash']?.S).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    const sent = world.runtime.aws.calls.filter(({ body }) => body.includes('a secret of mine'));
    expect([sent, world.trail('a secret of mine')]).toEqual([[], []]);
  });

  it.each([
    ['too short', '123'],
    ['too long', 'x'.repeat(65)],
    ['no text', 4711],
  ])('is refused if it is %s', async (_, code) => {
    const { sub, phone } = await world.person();
    const refusal = { status: 400, error: 'invalid_request', reason: 'invalid_parameter' };
    await expectRefusal(world, await world.admin('PUT', pathOf(sub), { user_code: code }), refusal);
    await expectRefusal(world, await setByPhone(phone, code as string), refusal);
  });

  it('cannot be set by a stranger, by a replayed call, or for an unknown user', async () => {
    const { phone } = await world.person();
    const headers = {
      'content-type': 'application/json',
      authorization: await phone.assertion('PUT', 'device/user-code'),
    };
    const put = (more = {}) =>
      world.send('/device/user-code', {
        method: 'PUT',
        headers: { ...headers, ...more },
        body: JSON.stringify({ user_code: '4711' }),
      });
    expect((await put({ authorization: '' })).status).toBe(401);
    expect((await put()).status).toBe(204);
    expect((await put()).status).toBe(401);
    expect((await setCode('nobody', '4711')).status).toBe(404);
  });

  it('that no person can have is invalid_user_code for everybody, before anybody is looked up', async () => {
    const malformed = { status: 400, error: 'invalid_user_code', reason: 'malformed_user_code' };
    for (const login_hint of [(await world.person()).email, 'nobody@example.com'])
      for (const user_code of ['1', 'x'.repeat(65), '12\u00003'])
        await expectRefusal(world, await world.ask(client, { login_hint, user_code }), malformed);
  });
});

describe('AWS calls of a user code', () => {
  it('are two writes more, with the count before and taken back after; none without one', async () => {
    const { ask } = await guarded();
    const plain = await world.person();
    const callsOf = async (work: () => Promise<Answer>) => {
      const before = world.runtime.aws.calls.length;
      expect((await work()).status).toBe(200);
      return requestCalls(world.runtime.aws.calls.slice(before)).map(({ service, action }) => `${service} ${action}`);
    };
    const other = await world.client({ backchannel_user_code_parameter: true });
    await world.ask(other, { login_hint: plain.email });
    const without = await callsOf(() => world.ask(other, { login_hint: plain.email }));
    const write = 'dynamodb UpdateItem';
    const reads = without.indexOf('dynamodb PutItem');
    const withCode = [...without.slice(0, reads), write, write, ...without.slice(reads)];
    expect(await callsOf(() => ask('4711', other))).toEqual(withCode);
    expect(await callsOf(() => world.ask(other, { login_hint: plain.email, user_code: '0000' }))).toEqual(withCode);
  });
});

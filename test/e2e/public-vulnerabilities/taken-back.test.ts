import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../../local/demo/phone.ts';
import { expectRefusal } from '../../support/assertions.ts';
import { type Answer, type TestClient, World } from '../../support/world.ts';

// Accounts that were locked, and still logged in.

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

/** Those who take part in one login. */
type Login = { readonly client: TestClient; readonly sub: string; readonly email: string; readonly phone: Phone };

type TakenBack = {
  readonly takeBack: (login: Login) => Promise<Answer>;
  /** Whether the user's phone can still answer afterwards. */
  readonly phoneMayAnswer: boolean;
  /** What the log says of an approval that was worth nothing. */
  readonly detail: string;
};
/** Whatever an operator can take back. */
const TAKEN_BACK: readonly (readonly [string, TakenBack])[] = [
  [
    'the user is blocked',
    {
      takeBack: ({ sub }) => world.admin('PATCH', `/admin/users/${sub}`, { blocked: true }),
      phoneMayAnswer: false,
      detail: 'user_blocked',
    },
  ],
  [
    'the user is removed',
    {
      takeBack: ({ sub }) => world.admin('DELETE', `/admin/users/${sub}`),
      phoneMayAnswer: false,
      detail: 'user_removed',
    },
  ],
  [
    'the device is removed',
    {
      takeBack: ({ sub, phone }) => world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`),
      phoneMayAnswer: false,
      detail: 'device_removed',
    },
  ],
  [
    'the client is removed',
    {
      takeBack: ({ client }) => world.admin('DELETE', `/admin/clients/${client.client_id}`),
      phoneMayAnswer: true,
      detail: 'client_removed',
    },
  ],
  [
    'the client loses the grant',
    {
      takeBack: ({ client }) => world.admin('PATCH', `/admin/clients/${client.client_id}`, { grant_types: [] }),
      phoneMayAnswer: true,
      detail: 'grant_type_removed',
    },
  ],
];

/** Starts a login. The client polls once, so that the function `token` has read its registration before. */
async function begin(): Promise<Login & { authReqId: string; requestId: string }> {
  const client = await world.client();
  const person = await world.person();
  const asked = await world.asked(client, { login_hint: person.email });
  expect((await world.poll(client, asked.authReqId)).body['error']).toBe('authorization_pending');
  return { client, ...person, ...asked };
}

/**
 * The client's first poll after the approval finds nothing to redeem. A further one does not either: the client is told
 * the same, or is not known any more.
 */
async function expectTakenBack(login: { client: TestClient; authReqId: string }, detail: string): Promise<void> {
  const polled = await world.poll(login.client, login.authReqId);
  await expectRefusal(world, polled, { status: 400, error: 'access_denied', reason: 'approval_taken_back' });
  expect((await world.line(polled))['detail']).toBe(detail);
  const again = await world.poll(login.client, login.authReqId);
  expect(['access_denied', 'invalid_client', 'unauthorized_client']).toContain(again.body['error']);
}

/** The request stays undecided, or is known to be over. */
async function expectNoTokens({ client, authReqId }: { client: TestClient; authReqId: string }): Promise<void> {
  const polled = await world.poll(client, authReqId);
  expect(polled.status).toBe(400);
  expect(['authorization_pending', 'slow_down', 'access_denied']).toContain(polled.body['error']);
}

describe('CVE-2026-9798: a locked account could be asked, and its approval gave tokens', () => {
  it('a blocked user is not rung, and is unknown to the client', async () => {
    const client = await world.client();
    const { sub, email } = await world.person();
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    const rung = world.runtime.push.deliveries.length;
    const refused = await world.ask(client, { login_hint: email });
    await expectRefusal(world, refused, { status: 400, error: 'unknown_user_id', reason: 'unknown_user' });
    expect((await world.line(refused))['detail']).toBe('blocked');
    expect(refused.text).toBe((await world.ask(client, { login_hint: 'nobody@example.com' })).text);
    expect(world.runtime.push.deliveries).toHaveLength(rung);
  });
});

describe('CVE-2026-16103: an account that was locked between approval and redemption got tokens', () => {
  it.each(TAKEN_BACK)(
    'no tokens when %s after the client asked',
    async (_what, { takeBack, phoneMayAnswer, detail }) => {
      const login = await begin();
      expect((await takeBack(login)).status).toBeLessThan(300);
      if (phoneMayAnswer) {
        expect(await world.answer(login.phone, login.requestId, 'approve')).toBe(204);
        return expectTakenBack(login, detail);
      }
      await expect(login.phone.read(login.requestId)).rejects.toThrow('the details were refused: 401');
      await expectNoTokens(login);
    },
  );

  it.each(TAKEN_BACK)(
    'no tokens when %s after the phone showed the request',
    async (_what, { takeBack, phoneMayAnswer, detail }) => {
      const login = await begin();
      const { bytes } = await login.phone.read(login.requestId);
      expect((await takeBack(login)).status).toBeLessThan(300);
      const answered = await login.phone.answer(login.requestId, bytes, 'approve');
      expect(answered.status).toBe(phoneMayAnswer ? 204 : 401);
      if (phoneMayAnswer) return expectTakenBack(login, detail);
      await expectNoTokens(login);
    },
  );

  it.each(TAKEN_BACK)('no tokens when %s after the approval', async (_what, { takeBack, detail }) => {
    const login = await begin();
    expect(await world.answer(login.phone, login.requestId, 'approve')).toBe(204);
    expect((await takeBack(login)).status).toBeLessThan(300);
    await expectTakenBack(login, detail);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEngines, runsOn } from '../support/engine.ts';
import { ENGINES } from '../support/engines.ts';
import { type TestClient, World } from '../support/world.ts';

describeOnEngines(
  'races',
  (engine) => {
    let world: World;
    let client: TestClient;
    beforeAll(async () => {
      world = await World.start(runsOn(engine));
      client = await world.client();
    });
    afterAll(() => world?.close());

    it('50 concurrent polls of an approved request: exactly one 200, the others invalid_grant', async () => {
      const { email, phone } = await world.person();
      const { authReqId, requestId } = await world.asked(client, { login_hint: email });
      await world.answer(phone, requestId, 'approve');
      const answers = await Promise.all(Array.from({ length: 50 }, () => world.poll(client, authReqId)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(49);
      const reasons = new Set(
        await Promise.all(answers.filter(({ status }) => status !== 200).map((answer) => world.reason(answer))),
      );
      expect([...reasons].every((reason) => reason === 'lost_redemption_race' || reason === 'already_redeemed')).toBe(
        true,
      );
    });

    it('approve and deny at once: one wins, the other is told 409, and the client sees the winner', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { sub, email, phone } = await world.person();
        const second = await world.phone(sub);
        const { authReqId, requestId } = await world.asked(client, { login_hint: email });
        const { bytes } = await phone.read(requestId);
        const answers = await Promise.all([
          phone.answer(requestId, bytes, 'approve'),
          second.answer(requestId, bytes, 'deny'),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
        const { status, body } = await world.poll(client, authReqId);
        expect(answers[0]?.status === 204 ? status === 200 : body['error'] === 'access_denied').toBe(true);
      }
    });

    it('a decision and a poll at once: the poll says pending or gives the tokens, and nothing is lost', async () => {
      const { email, phone } = await world.person();
      const { authReqId, requestId } = await world.asked(client, { login_hint: email });
      const { bytes } = await phone.read(requestId);
      const [answered, polled] = await Promise.all([
        phone.answer(requestId, bytes, 'approve'),
        world.poll(client, authReqId),
      ]);
      expect(answered.status).toBe(204);
      if (polled.status === 200) return;
      expect(polled.body['error']).toBe('authorization_pending');
      expect((await world.poll(client, authReqId)).status).toBe(200);
    });

    it('a withdrawal beside the right number, a wrong one, a denial and a resend: no order gives tokens', async () => {
      const entering = await world.client({ number_matching: 'client_enters' });
      for (let round = 0; round < 5; round += 1) {
        const { sub, email, phone } = await world.person();
        const second = await world.phone(sub);
        const { authReqId, requestId } = await world.asked(entering, { login_hint: email });
        const { bytes } = await phone.read(requestId);
        const { number } = JSON.parse(await (await phone.answer(requestId, bytes, 'approve')).text());
        const post = (path: string, form: Record<string, string> = {}) =>
          world.post(`/bc-authorize/${path}`, entering, { auth_req_id: authReqId, ...form });
        world.runtime.advance(45);
        const [withdrawn, right, wrong, denied, resent] = await Promise.all([
          post('withdraw'),
          post('number', { number }),
          post('number', { number: number === '00' ? '01' : '00' }),
          second.answer(requestId, bytes, 'deny'),
          post('resend'),
        ]);
        expect(withdrawn.status).toBe(200);
        expect([200, 400]).toContain(right.status);
        expect(wrong.status).toBe(400);
        expect([204, 409, 410]).toContain(denied.status);
        expect([200, 400]).toContain(resent.status);
        const polled = await world.poll(entering, authReqId);
        expect([polled.status, polled.body['error']]).toEqual([400, 'access_denied']);
        const item = await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
        for (const gone of ['grant', 'number']) expect(item).not.toHaveProperty(gone);
      }
    });

    it('20 concurrent first polls: one pending, the others slow_down, each lengthening the interval', async () => {
      const { email } = await world.person();
      const { authReqId } = await world.asked(client, { login_hint: email });
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.poll(client, authReqId)));
      const intervals = answers
        .filter(({ body }) => body['error'] === 'slow_down')
        .map(({ body }) => Number(body['interval']));
      expect(answers.filter(({ body }) => body['error'] === 'authorization_pending')).toHaveLength(1);
      expect(intervals.sort((a, b) => a - b)).toEqual(Array.from({ length: 19 }, (_, index) => 10 + 5 * index));
    });

    it('one ticket for 10 phones at once: one is enrolled', async () => {
      const { sub } = await world.user();
      const { Phone } = await import('../../local/demo/phone.ts');
      const uri = await world.ticket(sub);
      const enrolments = Array.from({ length: 10 }, (_, index) =>
        Phone.enrol(uri, { name: 'Phone', pushToken: `race-${index}`, now: () => world.runtime.now() }),
      );
      const settled = await Promise.allSettled(enrolments);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { body } = await world.admin('GET', `/admin/users/${sub}/devices`);
      expect(body['devices']).toHaveLength(1);
    });

    it('one e-mail address for two users created at once: one gets it, and the loser leaves nothing behind', async () => {
      const profiles = ['a', 'b'].map((name) =>
        world.admin('POST', '/admin/users', {
          name,
          email: `same-${engine}@example.com`,
          preferred_username: `${name}-${engine}`,
        }),
      );
      const statuses = (await Promise.all(profiles)).map(({ status }) => status).sort();
      expect(statuses).toEqual([201, 409]);
    });
  },
  ENGINES,
);

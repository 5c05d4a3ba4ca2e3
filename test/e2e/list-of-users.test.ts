import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { type Answer, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

type Listed = { readonly sub: string; readonly devices: number; readonly created_at: number };
type Page = { readonly users: readonly Listed[]; readonly next?: string };
const pageOf = (answer: Answer): Page => answer.body as Page;
const subsOf = (answer: Answer): string[] => pageOf(answer).users.map(({ sub }) => sub);
const list = (query: string): Promise<Answer> => world.admin('GET', `/admin/users${query}`);
const listBy = (body: object): Promise<Answer> => world.admin('POST', '/admin/users/list', body);
const create = (sub: string, profile: object = {}) => world.admin('POST', '/admin/users', { sub, ...profile });
const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(3, '0')}`);

/** Reads all pages of users whose subject begins with this. */
async function pagesOf(prefix: string, limit: number, between: (page: number) => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  let after: string | undefined;
  for (let page = 0; ; page += 1) {
    const answer = await listBy({ sub_prefix: prefix, limit, ...(after !== undefined && { after }) });
    expect(answer.status).toBe(200);
    seen.push(...subsOf(answer));
    after = pageOf(answer).next;
    if (after === undefined) return seen;
    await between(page);
  }
}

describe('the list of users', () => {
  it('has everybody in the order of their subjects, page by page, and each with what an operator looks for', async () => {
    const subs = numbered('page-', 5);
    for (const sub of subs.toReversed()) await create(sub, { name: 'Page' });
    const first = await listBy({ sub_prefix: 'page-', limit: 2 });
    expect(pageOf(first)).toEqual({
      users: ['page-000', 'page-001'].map((sub) => ({
        sub,
        name: 'Page',
        created_at: world.runtime.now(),
        devices: 0,
      })),
      next: 'page-001',
    });
    expect(subsOf(await list('?after=page-001&limit=2'))).toEqual(['page-002', 'page-003']);
    expect(await pagesOf('page-', 2, async () => undefined)).toEqual(subs);
    expect(first.headers.get('cache-control')).toBe('no-store');
  });

  it('leaves out who was removed, and goes on after a user who is gone', async () => {
    for (const sub of numbered('gone-', 3)) await create(sub);
    const { next } = pageOf(await listBy({ sub_prefix: 'gone-', limit: 1 }));
    expect(next).toBe('gone-000');
    await world.admin('DELETE', '/admin/users/gone-000');
    await world.admin('POST', '/admin/users/gone-001/erase');
    expect(pageOf(await listBy({ sub_prefix: 'gone-', after: next }))).toMatchObject({ users: [{ sub: 'gone-002' }] });
  });

  it('can be filtered by state, phone, creation and the beginning of names', async () => {
    await create('filter-old', { email: 'Old@filter.example', phone_number: '+49 30 111 222 33' });
    await world.runtime.advance(60);
    const since = world.runtime.now();
    await create('filter-new', { preferred_username: 'Filter-New' });
    await world.phone('filter-new');
    await world.admin('PATCH', '/admin/users/filter-old', { blocked: true });
    const found = async (filter: object) => subsOf(await listBy({ sub_prefix: 'filter-', ...filter }));
    expect(await found({ blocked: true })).toEqual(['filter-old']);
    expect(await found({ blocked: false })).toEqual(['filter-new']);
    expect(await found({ has_device: true })).toEqual(['filter-new']);
    expect(await found({ created_after: since })).toEqual(['filter-new']);
    expect(await found({ email_prefix: 'OLD@f' })).toEqual(['filter-old']);
    expect(await found({ phone_number_prefix: '+49 (30)' })).toEqual(['filter-old']);
    expect(await found({ preferred_username_prefix: 'filter-n' })).toEqual(['filter-new']);
    expect(await found({ has_device: false, blocked: false })).toEqual([]);
    const { users } = pageOf(await list(`?created_after=${since}&limit=200`));
    expect(users.find(({ sub }) => sub === 'filter-new')).toMatchObject({ devices: 1 });
  });

  it('can be read by operators alone, and the log has who did, and nothing of what was asked', async () => {
    const marks = ['seeded-prefix@example.com', 'seeded-after'];
    const read = await listBy({ email_prefix: marks[0], after: marks[1] });
    expect(await world.line(read)).toMatchObject({
      route: 'POST /admin/users/list',
      by: expect.stringMatching(/^arn:/),
    });
    const byQuery = await list(`?after=${marks[1]}`);
    expect(await world.line(byQuery)).toMatchObject({ route: 'GET /admin/users', by: expect.stringMatching(/^arn:/) });
    const refused = await list(`?email_prefix=${marks[0]}`);
    await expectRefusal(world, refused, { status: 400, error: 'invalid_request', reason: 'invalid_parameter' });
    expect(refused.body['error_description']).toBe('email_prefix must be in the body of POST /admin/users/list.');
    expect(world.logs.filter((line) => marks.some((mark) => line.includes(mark)))).toEqual([]);
    const { request } = await import('node:http');
    const { port } = new URL(world.runtime.url);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/admin/users', headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it.each(['?limit=201', '?limit=0', '?blocked=maybe', '?colour=blue', '?limit=1&limit=2'])(
    'refuses %s',
    async (query) => {
      const reason = query.includes('&') ? 'repeated_parameter' : 'invalid_parameter';
      await expectRefusal(world, await list(query), { status: 400, error: 'invalid_request', reason });
    },
  );
});

describe('while users come and go', () => {
  it('nobody is on two pages, and nobody is missing who was there all the time', async () => {
    const stays = numbered('busy-', 40).map((sub) => `${sub}-m`);
    const goes = numbered('busy-', 40).map((sub) => `${sub}-z`);
    await Promise.all([...stays, ...goes].map((sub) => create(sub)));
    const changes: Promise<unknown>[] = [];
    const seen = await pagesOf('busy-', 7, async (page) => {
      const near = [...numbered('busy-', 40).slice(page * 2, page * 2 + 6), ...numbered('busy-', 40).slice(-6)];
      changes.push(...near.map((sub) => create(`${sub}-a`)));
      changes.push(...near.map((sub) => world.admin('DELETE', `/admin/users/${sub}-z`)));
      changes.push(...near.map((sub) => world.admin('POST', `/admin/users/${sub}-z/erase`)));
    });
    await Promise.all(changes);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((sub) => sub.endsWith('-m'))).toEqual(stays);
    const now = await pagesOf('busy-', 200, async () => undefined);
    const exists = await Promise.all(goes.map(async (sub) => (await world.admin('GET', `/admin/users/${sub}`)).status));
    expect(now.filter((sub) => sub.endsWith('-z'))).toEqual(goes.filter((_, at) => exists[at] === 200));
  });

  it('a subject that is created by several at once is in the list once, and gone after its removal', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => create('raced-once')));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(subsOf(await listBy({ sub_prefix: 'raced-once' }))).toEqual(['raced-once']);
    await world.admin('POST', '/admin/users/raced-once/erase');
    expect(subsOf(await listBy({ sub_prefix: 'raced-once' }))).toEqual([]);
    expect((await world.admin('GET', '/admin/users/raced-once/export')).status).toBe(404);
  });

  it('a subject whose user is replaced by another again and again is in every list at most once', async () => {
    const churn = (async () => {
      for (let round = 0; round < 8; round += 1) {
        await create('churned');
        await world.admin('DELETE', '/admin/users/churned');
      }
      await create('churned');
    })();
    for (let round = 0; round < 10; round += 1)
      expect(subsOf(await listBy({ sub_prefix: 'churned' })).length).toBeLessThan(2);
    await churn;
    expect(subsOf(await listBy({ sub_prefix: 'churned' }))).toEqual(['churned']);
  });
});

describe('calls that break off', () => {
  const denied = {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"AccessDeniedException","message":"the process died"}',
  };
  /** Makes a call that dies at its nth call of AWS, and all later ones. Returns how it ended. */
  async function dyingAt(nth: number, call: () => Promise<Answer>): Promise<number> {
    let seen = 0;
    world.runtime.aws.interference = () => (++seen >= nth ? denied : undefined);
    const { status } = await call();
    world.runtime.aws.interference = undefined;
    return status;
  }
  const isFound = async (sub: string) => (await world.admin('GET', `/admin/users/${sub}`)).status === 200;

  it('a creation leaves a user who is in the list, or nobody; and the next creation is in it once', async () => {
    for (let nth = 1; nth <= 8; nth += 1) {
      const sub = `half-made-${nth}`;
      await dyingAt(nth, () => create(sub, { email: `${sub}@example.com` }));
      expect([nth, subsOf(await listBy({ sub_prefix: sub }))]).toEqual([nth, (await isFound(sub)) ? [sub] : []]);
      const again = await create(sub, { email: `${sub}@example.com` });
      expect([201, 409]).toContain(again.status);
      expect(subsOf(await listBy({ sub_prefix: sub }))).toEqual([sub]);
    }
  });

  it('a removal leaves nobody in the list who is gone, and an erasure a minute later leaves nothing', async () => {
    const subs: string[] = [];
    for (let nth = 1; nth <= 10; nth += 1) {
      const sub = `half-gone-${nth}`;
      subs.push(sub);
      await create(sub, { email: `${sub}@example.com` });
      await dyingAt(nth, () => world.admin('DELETE', `/admin/users/${sub}`));
      expect([nth, subsOf(await listBy({ sub_prefix: sub }))]).toEqual([nth, (await isFound(sub)) ? [sub] : []]);
    }
    await world.runtime.advance(60);
    for (const sub of subs) {
      await world.admin('POST', `/admin/users/${sub}/erase`);
      expect((await world.admin('GET', `/admin/users/${sub}/export`)).status).toBe(404);
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { User } from '../../../provider/core/person/user.ts';
import type { UserFilter } from '../../../provider/core/person/user-filter.ts';
import { listUsers } from '../../../provider/flows/person/list-users.ts';
import type { UserListPart } from '../../../provider/flows/person/ports.ts';
import { NOW, valueFrom } from '../../core/given.ts';
import { ANA } from '../world/world.ts';

/** Users with subjects from 0000 on; every tenth is blocked. `missing` have an entry and no profile. */
function listOf(count: number, missing: readonly number[] = []) {
  const numbers = Array.from({ length: count }, (_, at) => at);
  const userAt = (at: number): User => ({
    ...ANA,
    sub: String(at).padStart(4, '0'),
    status: at % 10 === 0 ? 'blocked' : 'active',
    createdAt: NOW + at,
  });
  const parts: UserListPart[] = [];
  const userList = {
    read: async (part: UserListPart) => {
      parts.push(part);
      const entries = numbers.map(userAt).filter(({ sub }) => sub > (part.after ?? ''));
      const read = entries.slice(0, part.limit);
      const isEnd = read.length < part.limit;
      const users = read.filter(({ sub }) => !missing.includes(Number(sub)));
      return { users, next: isEnd ? undefined : read.at(-1)?.sub };
    },
  };
  const page = async (limit: number, filter: UserFilter = {}, after?: string) => {
    const { users, next } = valueFrom(await listUsers({ userList }, { after, limit, filter }));
    return { subs: users.map(({ sub }) => sub), next };
  };
  return { userList, parts, page };
}

describe('the list of users', () => {
  it('has as many users on a page as are asked for, and reads no more than those', async () => {
    const { page, parts } = listOf(5);
    expect(await page(2)).toEqual({ subs: ['0000', '0001'], next: '0001' });
    expect(await page(2, {}, '0001')).toEqual({ subs: ['0002', '0003'], next: '0003' });
    expect(await page(2, {}, '0003')).toEqual({ subs: ['0004'], next: undefined });
    expect(parts.map(({ limit }) => limit)).toEqual([2, 2, 2]);
  });

  it('fills a page although entries have no profile any more', async () => {
    const { page } = listOf(6, [0, 1, 3]);
    expect(await page(2)).toEqual({ subs: ['0002', '0004'], next: '0004' });
    expect(await page(2, {}, '0004')).toEqual({ subs: ['0005'], next: undefined });
  });

  it('reads a hundred at once for a filter, and cuts a page where it is full without losing anybody', async () => {
    const { page, parts } = listOf(95);
    expect(await page(3, { isBlocked: true })).toEqual({ subs: ['0000', '0010', '0020'], next: '0020' });
    expect(await page(9, { isBlocked: true }, '0020')).toMatchObject({
      subs: expect.arrayContaining(['0030', '0090']),
    });
    expect(parts.map(({ limit }) => limit)).toEqual([100, 100]);
  });

  it('ends a page with a filter after 500 users, and says where to go on, also if it found nobody', async () => {
    const { page, parts } = listOf(690);
    expect(await page(50, { createdAfter: NOW + 650 })).toEqual({ subs: [], next: '0499' });
    expect(parts).toHaveLength(5);
    const { subs, next } = await page(50, { createdAfter: NOW + 650 }, '0499');
    expect([subs.length, next]).toEqual([40, undefined]);
  });

  it('has no next page after the last user that fits', async () => {
    const { page } = listOf(95);
    expect(await page(1, { createdAfter: NOW + 94 })).toEqual({ subs: ['0094'], next: undefined });
  });

  it('begins where the subjects with the wanted beginning are', async () => {
    const { page, parts } = listOf(3);
    await page(50, { subPrefix: '000' });
    expect(parts).toEqual([{ after: undefined, subPrefix: '000', limit: 50 }]);
  });

  it('shows what a user has, when it was created, and how many phones are enrolled', async () => {
    const { userList } = listOf(1);
    const { users } = valueFrom(await listUsers({ userList }, { limit: 1, filter: {} }));
    const known = { sub: '0000', name: 'Ana', email: 'ana@example.com', blocked: true, created_at: NOW };
    expect(users).toEqual([{ ...known, devices: 4 }]);
  });
});

import { type UserView, viewUser } from '../../core/person/profile.ts';
import { isWanted, readsUsers, type UserFilter } from '../../core/person/user-filter.ts';
import { ok, type Result } from '../../core/result.ts';
import type { UserList } from './ports.ts';

/** What this flow needs. */
export type ListUsersPorts = { readonly userList: UserList };
/** Which page of the list is wanted. */
export type UserPage = {
  /** The subject after which the page begins. */
  readonly after?: string | undefined;
  /** The most users on the page. */
  readonly limit: number;
  readonly filter: UserFilter;
};
/** A user in the list. `devices` is how many phones are enrolled. */
export type ListedUserView = UserView & { readonly devices: number };

/** How many users one read fetches, and how many reads a page may take. A page with a filter ends short after them. */
const READ_SIZE = 100;
const READS = 5;

/**
 * Returns a page of users in the order of their subjects. `next` is the `after` of the page that follows; it is absent
 * on the last one. With a filter, users are read and left out, so a page may have fewer users than its limit, or none.
 */
export async function listUsers(
  { userList }: ListUsersPorts,
  { after, limit, filter }: UserPage,
): Promise<Result<{ users: readonly ListedUserView[]; next?: string }>> {
  const users: ListedUserView[] = [];
  const subPrefix = filter.subPrefix ?? '';
  let next = after;
  for (let reads = 1; reads <= READS; reads += 1) {
    const left = limit - users.length;
    const size = readsUsers(filter) ? READ_SIZE : Math.min(READ_SIZE, left);
    const part = await userList.read({ after: next, subPrefix, limit: size });
    const wanted = part.users.filter((user) => isWanted(user, filter));
    const last = wanted[left - 1];
    users.push(...wanted.slice(0, left).map((user) => ({ ...viewUser(user), devices: user.deviceIds.length })));
    // What was read beyond the last user of the page is read again for the next one.
    if (last) return ok({ users, ...(hasMore(part, last) && { next: last.sub }) });
    if (part.next === undefined) return ok({ users });
    next = part.next;
  }
  return ok({ users, ...(next !== undefined && { next }) });
}

function hasMore({ users, next }: Awaited<ReturnType<UserList['read']>>, last: { readonly sub: string }): boolean {
  return next !== undefined || users.at(-1)?.sub !== last.sub;
}

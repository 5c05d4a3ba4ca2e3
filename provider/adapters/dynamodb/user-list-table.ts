import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import type { UserList, UserListPart } from '../../flows/person/ports.ts';
import { listedUserFrom, placeAfter, profileKey, USER_LIST, userFrom } from './forms/user-form.ts';
import type { Table } from './table.ts';

/** The list of users in Directory: one partition with an entry for each profile. */
export class UserListTable implements UserList {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  // An entry whose creation or removal broke off has no profile, and is left out.
  async read(part: UserListPart): ReturnType<UserList['read']> {
    const { after = '', subPrefix, limit } = part;
    // DynamoDB refuses a beginning that does not have the prefix.
    const isInside = after.startsWith(subPrefix);
    if (!isInside && after > subPrefix) return { users: [], next: undefined };
    const start = after !== '' && isInside ? placeAfter(after) : undefined;
    const entries = await this.#directory.page(USER_LIST, {
      limit,
      after: start,
      ...(subPrefix !== '' && { skPrefix: subPrefix }),
    });
    const isEnd = entries.length < limit;
    const listed = entries.map(({ sk }) => listedUserFrom(sk).sub);
    const subs = withSynthetic(listed, { ...part, isEnd });
    const profiles = await this.#directory.batchGet(subs.map(profileKey));
    const users = profiles.map(userFrom).sort((a, b) => (a.sub < b.sub ? -1 : 1));
    return { users, next: isEnd ? undefined : listed.at(-1) };
  }
}

/**
 * Returns each subject once, and among them that of the synthetic login, if its place is in this part. Its set-up may
 * write that user alone, so it has no entry. If there is no synthetic login, nothing is found under the subject.
 */
function withSynthetic(
  listed: readonly string[],
  { after = '', subPrefix, isEnd }: UserListPart & { readonly isEnd: boolean },
): readonly string[] {
  const isBehind = SYNTHETIC_ID > after && SYNTHETIC_ID.startsWith(subPrefix);
  const isBefore = isEnd || SYNTHETIC_ID < (listed.at(-1) ?? '');
  return [...new Set([...listed, ...(isBehind && isBefore ? [SYNTHETIC_ID] : [])])];
}

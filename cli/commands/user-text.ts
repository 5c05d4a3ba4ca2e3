import type { ShownUserView } from '../../provider/core/person/profile.ts';
import { type Toned, toned } from '../command-line/colour.ts';
import { fieldList, instant } from '../command-line/text-layout.ts';

/** Shows a user, member by member. */
export function describe({ sub, blocked, created_at, user_code_set_at, ...claims }: ShownUserView): string {
  const code = user_code_set_at === undefined ? undefined : `set ${instant(user_code_set_at)}`;
  const created = created_at === undefined ? undefined : instant(created_at);
  return fieldList({ sub, status: statusOf(blocked), ...claims, 'user code': code, created });
}

/** Says whether a user can be asked. */
export function statusOf(blocked: boolean | undefined): Toned {
  return blocked ? toned('bad', 'blocked') : toned('good', 'active');
}

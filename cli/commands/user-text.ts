import type { UserView } from '../../provider/core/person/profile.ts';
import { type Toned, toned } from '../command-line/colour.ts';
import { fieldList, instant } from '../command-line/text-layout.ts';

/** Shows a user, member by member. */
export function describe({ sub, blocked, created_at, ...claims }: UserView): string {
  const created = created_at === undefined ? undefined : instant(created_at);
  return fieldList({ sub, status: statusOf(blocked), ...claims, created });
}

/** Says whether a user can be asked. */
export function statusOf(blocked: boolean | undefined): Toned {
  return blocked ? toned('bad', 'blocked') : toned('good', 'active');
}

import { checkUnreserved } from '../../provider/core/operating/reserved.ts';
import { registerUser } from '../../provider/core/person/profile.ts';
import type { User } from '../../provider/core/person/user.ts';
import { wordingOf } from '../../provider/core/refusal.ts';
import type { ImportLine } from './import-file.ts';

/** A line that the provider would take. `user` has the names in their stored form. */
export type CheckedLine = ImportLine & {
  readonly profile: NonNullable<ImportLine['profile']>;
  readonly user: Pick<User, 'claims' | 'identifiers'>;
};
/** A line that no user was made of, and why. */
export type RejectedLine = { readonly line: ImportLine; readonly reason: string };

/**
 * Checks lines by the provider's own rules, and that each name is in one line alone. So what can be known without a call
 * is known before the first one.
 */
export function checkLines(lines: readonly ImportLine[]): {
  readonly good: readonly CheckedLine[];
  readonly bad: readonly RejectedLine[];
} {
  const good: CheckedLine[] = [];
  const bad: RejectedLine[] = [];
  const seen = new Map<string, number>();
  for (const line of lines) {
    const { profile } = line;
    const checked = profile ? checkProfile(profile, line.leftOut) : (line.fault ?? 'it is no user');
    const reason = typeof checked === 'string' ? checked : duplicateIn(seen, line, checked);
    if (reason === undefined && profile && typeof checked === 'object') good.push({ ...line, profile, user: checked });
    else bad.push({ line, reason: reason ?? 'it is no user' });
  }
  return { good, bad };
}

/** Returns the user, or why there can be none. */
function checkProfile(profile: CheckedLine['profile'], leftOut: ImportLine['leftOut'] = []): User | string {
  const unreserved = checkUnreserved(profile.sub);
  const user = unreserved.ok ? registerUser(profile, { sub: profile.sub ?? 'absent', profileId: '' }) : unreserved;
  if (!user.ok) return wordingOf(user.refusal).description;
  const isNameless = profile.sub === undefined && user.value.identifiers.length === 0;
  if (isNameless && leftOut.length > 0)
    return `nobody verified its ${leftOut.join(' and ')}, and it has no other name; --unverified takes it`;
  if (isNameless)
    return 'it has neither sub nor email, phone_number or preferred_username, so nobody could name the user';
  return user.value;
}

/** Notes the names of a line. Says which earlier line has one of them already. */
function duplicateIn(seen: Map<string, number>, { line, profile }: ImportLine, user: User): string | undefined {
  const names: (readonly [kind: string, value: string])[] = user.identifiers.map(({ type, value }) => [type, value]);
  if (profile?.sub !== undefined) names.push(['sub', profile.sub]);
  for (const [kind, value] of names) {
    const earlier = seen.get(`${kind} ${value}`);
    if (earlier !== undefined) return `line ${earlier} has the same ${kind}`;
  }
  for (const [kind, value] of names) seen.set(`${kind} ${value}`, line);
  return undefined;
}

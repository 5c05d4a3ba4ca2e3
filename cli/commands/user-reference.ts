import type { OptionSpecs, OptionValues } from '../command-line/command.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import type { AdminApi } from '../deployment/admin-api.ts';

/** How commands name a user. */
export const USER_ARGUMENT = {
  name: 'user',
  about: 'A sub, or anything a client may send as login_hint: e-mail address, phone number (+49…), username.',
} as const;
/** Only for the rare word that is the sub of one user and names another. */
export const USER_OPTIONS = {
  by: { kind: 'text', value: 'sub|login_hint', about: 'Read USER as one of these only, instead of trying both.' },
} as const satisfies OptionSpecs;

/** Finds the user that a word names. One that names two users is refused: what follows may remove or block. */
export async function findUser(api: AdminApi, user: string, options: OptionValues<typeof USER_OPTIONS>) {
  const { by } = options;
  if (by !== undefined && by !== 'sub' && by !== 'login_hint') throw new WrongUsage('--by must be sub or login_hint');
  const [bySub, byHint] = await Promise.all([
    by === 'login_hint' ? undefined : api.find('GET /admin/users/{sub}', { parameters: { sub: user } }),
    by === 'sub' ? undefined : api.find('GET /admin/users', { parameters: {}, query: { login_hint: user } }),
  ]);
  if (bySub && byHint && bySub.body.sub !== byHint.body.sub) {
    throw new Refused(
      `This is the sub of one user and names another, whose sub is ${byHint.body.sub}. Say --by sub or --by login_hint.`,
    );
  }
  const found = bySub ?? byHint;
  if (!found) throw new Refused('There is no such user.', 'not_found');
  return found;
}

import type { OptionSpecs, OptionValues } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { quoted } from '../command-line/text-layout.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import { notFound } from '../deployment/next-step.ts';

/** The argument that names a user. */
export const USER_ARGUMENT = {
  name: 'user',
  about: 'The sub or a login_hint of the user: an e-mail address, a phone number (+49…) or a username.',
  completes: 'users',
} as const;
/** The option for the rare word that is the sub of one user and a login identifier of another. */
export const USER_OPTIONS = {
  by: { kind: 'text', of: ['sub', 'login_hint'], about: 'How to read USER. Default: try both.' },
} as const satisfies OptionSpecs;

/** Finds the user that a word names. Throws if it names two users, because the command may delete or block one. */
export async function findUser(api: AdminApi, user: string, options: OptionValues<typeof USER_OPTIONS>) {
  const { by } = options;
  // The word may be an address, so it is in the body of both calls and never in a URL.
  const search = (body: object) => api.find('POST /admin/users/search', { parameters: {}, body });
  const [bySub, byHint] = await Promise.all([
    by === 'login_hint' ? undefined : search({ sub: user }),
    by === 'sub' ? undefined : search({ login_hint: user }),
  ]);
  if (bySub && byHint && bySub.body.sub !== byHint.body.sub) {
    throw new Refused(
      `${quoted(user)} is the sub of one user and a login_hint of another, whose sub is ${byHint.body.sub}.`,
      'Add --by sub or --by login_hint.',
    );
  }
  const found = bySub ?? byHint;
  if (!found) throw notFound('user', user);
  return found;
}

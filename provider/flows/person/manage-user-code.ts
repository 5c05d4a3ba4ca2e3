import { userCodeOf } from '../../core/person/user-code.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { auditedChange } from '../operating/audited-change.ts';
import type { People } from './ports.ts';
import { CODE_CHANGED, type StoreUserCodePorts, storeUserCode } from './store-user-code.ts';

/** What these flows need. */
export type ManageUserCodePorts = StoreUserCodePorts & { readonly people: Pick<People, 'find' | 'findUserCode'> };

const NO_USER = refuse({ reason: 'not_found', what: 'user' });

/** Sets or changes the user code of a person (CIBA §7.1.2). From then on no client can ask them without it. */
export async function setUserCode(
  ports: ManageUserCodePorts,
  { sub, code, by }: { sub: string; code: string; by: string },
): Promise<Result<true>> {
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.people.findUserCode(sub)]);
  return user ? storeUserCode(ports, { user, stored, code }, { by }) : NO_USER;
}

/**
 * Removes the user code of a person. From then on every client may ask them without it, so it needs a record in the
 * audit trail like any other right that is given.
 */
export async function removeUserCode(ports: ManageUserCodePorts, sub: string, by: string): Promise<Result<true>> {
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.people.findUserCode(sub)]);
  const code = user && userCodeOf(stored, user);
  if (!code) return user ? refuse({ reason: 'not_found', what: 'user code' }) : NO_USER;
  return auditedChange(ports, { event: { event: 'user_code_removed', sub, by } }, async () =>
    (await ports.userCodes.remove(sub, code)) ? ok(true) : CODE_CHANGED,
  );
}

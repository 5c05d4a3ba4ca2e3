import type { User } from '../../core/person/user.ts';
import { parseUserCode, type UserCode } from '../../core/person/user-code.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { Entropy } from '../ports.ts';
import type { UserCodeHashes, UserCodes } from './ports.ts';

/** What this step needs. */
export type StoreUserCodePorts = AuditedPorts & {
  readonly userCodes: UserCodes;
  readonly userCodeHashes: Pick<UserCodeHashes, 'hash'>;
  readonly entropy: Entropy;
};

/** The refusal if somebody else set or removed the code in the meantime. */
export const CODE_CHANGED = refuse({ reason: 'conflict', what: 'user_code' });

/**
 * Stores the code of a person who was read. Nobody can read it again, and no record has it. `deviceId` is the phone, if
 * a phone sets it.
 */
export async function storeUserCode(
  ports: StoreUserCodePorts,
  { user, stored, code }: { user: User; stored: UserCode | undefined; code: string },
  setting: { readonly by: string; readonly deviceId?: string },
): Promise<Result<true>> {
  const parsed = parseUserCode(code);
  if (!parsed.ok) return parsed;
  const { sub, profileId } = user;
  const event = { event: 'user_code_set', sub, ...setting } as const;
  return auditedChange(ports, { event }, async () => {
    const hash = await ports.userCodeHashes.hash(parsed.value);
    const made = { profileId, codeId: ports.entropy.id(), hash, setAt: ports.clock() };
    return (await ports.userCodes.set(sub, made, stored)) ? ok(true) : CODE_CHANGED;
  });
}

import type { UserCode } from '../../../core/person/user-code.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';
import { userPartition } from './user-form.ts';

// The stored form of a user code, in Directory, beside the person's devices.

/** A user code. Each code has an id of its own, which is also the nonce of the write. */
export type UserCodeForm = {
  readonly profile_id: string;
  readonly code_id: string;
  readonly hash: string;
  readonly set_at: number;
};

const USER_CODE = 'CODE';

export const userCodeKey = (sub: string): Key<UserCodeForm> => ({ pk: userPartition(sub), sk: USER_CODE });

export function userCodeItem(sub: string, code: UserCode): Key<UserCodeForm> & UserCodeForm {
  const { profileId, codeId, hash, setAt, ...unstored } = code;
  unstored satisfies Nothing;
  return { ...userCodeKey(sub), profile_id: profileId, code_id: codeId, hash, set_at: setAt };
}

export function userCodeFrom(item: Stored<UserCodeForm>): Whole<UserCode> {
  return { profileId: item.profile_id, codeId: item.code_id, hash: item.hash, setAt: item.set_at };
}

export function isUserCode(item: Stored<unknown>): item is Stored<UserCodeForm> {
  return item.sk === USER_CODE;
}

import type { UserCode } from '../../../provider/core/person/user-code.ts';
import type { UserCodeHashes, UserCodes } from '../../../provider/flows/person/ports.ts';
import { NOW } from '../../core/given.ts';
import type { Journal } from './journal.ts';

/** The user codes of persons, by their subjects. */
export type UserCodeMap = Map<string, UserCode>;

/** Ana's code, which is `4711`. */
export const CODE_OF_ANA: UserCode = {
  profileId: 'profile-1',
  codeId: 'code-1',
  hash: 'hash of 4711',
  setAt: NOW - 60,
};

/** User codes, and hashes that are made in no time. */
export function userCodesIn(journal: Journal, given: readonly (readonly [string, UserCode])[] = []) {
  const codes: UserCodeMap = new Map(given);
  const isStill = (sub: string, before: UserCode | undefined) => codes.get(sub)?.codeId === before?.codeId;
  const userCodes: UserCodes = journal.port({
    set: async (sub, code, before) => {
      journal.begin(`set user code of ${sub}`);
      if (!isStill(sub, before)) return false;
      codes.set(sub, code);
      return true;
    },
    remove: async (sub, before) => {
      journal.begin(`remove user code of ${sub}`);
      return isStill(sub, before) && codes.delete(sub);
    },
  });
  const userCodeHashes: UserCodeHashes = journal.port({
    hash: async (code) => `hash of ${code}`,
    matches: async (code, hash) => {
      journal.begin(hash === undefined ? 'hash for nobody' : 'hash user code');
      return hash === `hash of ${code}`;
    },
  });
  return { codes, userCodes, userCodeHashes };
}

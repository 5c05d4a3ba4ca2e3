import type { UserCode } from '../../core/person/user-code.ts';
import type { UserCodes } from '../../flows/person/ports.ts';
import { userCodeItem, userCodeKey } from './forms/user-code-form.ts';
import type { Guard } from './items.ts';
import type { Table } from './table.ts';

/** User codes in Directory: one item for each person. `PeopleTable` reads it together with the person. */
export class UserCodesTable implements UserCodes {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async set(sub: string, code: UserCode, before: UserCode | undefined): Promise<boolean> {
    const { written } = await this.#directory.put(userCodeItem(sub, code), {
      guard: before ? isStill(before) : { condition: 'attribute_not_exists(pk)' },
      nonce: { attribute: 'code_id', value: code.codeId },
    });
    return written;
  }

  async remove(sub: string, before: UserCode): Promise<boolean> {
    const { written } = await this.#directory.delete(userCodeKey(sub), { guard: isStill(before) });
    return written;
  }
}

/** The code is the one that was read, and not a newer one, or one of a later person with the subject. */
function isStill({ codeId }: UserCode): Guard {
  return { condition: '#code_id = :seen', values: { seen: codeId } };
}

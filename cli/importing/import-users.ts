import type { UserProfile, UserView } from '../../provider/core/person/profile.ts';
import { Refused } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { CheckedLine, RejectedLine } from './checked-lines.ts';
import { Pace, Stopped } from './pace.ts';

/** What became of the users of a file. `skipped`: they exist with other values, and were to stay as they are. */
export type ImportCounts = Record<'created' | 'updated' | 'unchanged' | 'skipped', number>;
export type ImportOutcome = {
  readonly counts: ImportCounts;
  readonly rejected: readonly RejectedLine[];
  /** Why the import ended before its last line. */
  readonly stopped?: 'interrupted' | Refused | undefined;
};
/** How to import. */
export type ImportOptions = {
  readonly isDryRun: boolean;
  readonly updates: boolean;
  readonly concurrency: number;
  /** Ends the import early. */
  readonly stop: AbortSignal;
  /** Tells a person that the import waits. */
  readonly say: Say;
  readonly progress: (done: number) => void;
};

/** The errors that concern one line. Every other one would meet the next line too. */
const OF_ONE_LINE: readonly (string | undefined)[] = ['invalid_request', 'conflict', 'not_found', 'server_error'];

/**
 * Creates the users of the lines, several at once. What the provider already has decides about each line, so an import
 * that broke off goes on when it is started again, and creates no user twice.
 */
export async function importUsers(
  api: AdminApi,
  lines: readonly CheckedLine[],
  options: ImportOptions,
): Promise<ImportOutcome> {
  const run = new ImportRun(api, options);
  let next = 0;
  let stopped: ImportOutcome['stopped'];
  const work = async () => {
    for (let line = lines[next]; line !== undefined && stopped === undefined; line = lines[next]) {
      next += 1;
      await run.take(line).catch((error: unknown) => {
        if (error instanceof Stopped) stopped ??= 'interrupted';
        else if (error instanceof Refused) stopped ??= error;
        else throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { counts: run.counts, rejected: run.rejected, stopped };
}

class ImportRun {
  readonly counts: ImportCounts = { created: 0, updated: 0, unchanged: 0, skipped: 0 };
  readonly rejected: RejectedLine[] = [];
  readonly #api: AdminApi;
  readonly #options: ImportOptions;
  readonly #pace: Pace;
  /**
   * Whether a user is searched for before they are created. A creation that is refused leaves two records in the audit
   * trail, so an import that goes on looks first, until it comes to users who are not there.
   */
  #looksFirst = true;
  #done = 0;

  constructor(api: AdminApi, options: ImportOptions) {
    this.#api = api;
    this.#options = options;
    this.#pace = new Pace(options.concurrency, options.stop, options.say);
  }

  async take(line: CheckedLine): Promise<void> {
    try {
      this.counts[await this.#decide(line)] += 1;
    } catch (error) {
      if (!(error instanceof Refused) || !OF_ONE_LINE.includes(error.code)) throw error;
      this.rejected.push({ line, reason: error.message });
    }
    this.#done += 1;
    this.#options.progress(this.#done);
  }

  async #decide(line: CheckedLine): Promise<keyof ImportCounts> {
    const { isDryRun } = this.#options;
    if (this.#looksFirst || isDryRun) {
      const there = await this.#find(line);
      if (there) return this.#merge(line, there);
      this.#looksFirst = false;
      if (isDryRun) return this.#planCreation(line);
    }
    try {
      await this.#pace.call(() => this.#api.call('POST /admin/users', { parameters: {}, body: line.profile }));
      return 'created';
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'conflict') throw error;
      this.#looksFirst = true;
      const there = await this.#find(line);
      if (!there) throw error;
      return this.#merge(line, there);
    }
  }

  /** Finds the user that the line is about: by the `sub`, or else by the first identifier. */
  async #find({ profile, user }: CheckedLine): Promise<UserView | undefined> {
    const [first] = user.identifiers;
    return this.#search(profile.sub === undefined ? { login_hint: first?.value } : { sub: profile.sub });
  }

  async #search(body: object): Promise<UserView | undefined> {
    const found = await this.#pace.call(() => this.#api.find('POST /admin/users/search', { parameters: {}, body }));
    return found?.body;
  }

  /** Says what would happen, without a change: an identifier of another user would be refused. */
  async #planCreation(line: CheckedLine): Promise<'created'> {
    await this.#checkFree(line, undefined);
    return 'created';
  }

  async #checkFree({ user }: CheckedLine, own: string | undefined): Promise<void> {
    for (const { type, value } of user.identifiers) {
      const owner = await this.#search({ login_hint: value });
      if (owner && owner.sub !== own)
        throw new Refused(`The ${type} is that of the user ${owner.sub}.`, 'Change the line.', 'conflict');
    }
  }

  async #merge(line: CheckedLine, there: UserView): Promise<keyof ImportCounts> {
    const change = changeOf(line, there);
    if (Object.keys(change).length === 0) return 'unchanged';
    const { updates, isDryRun } = this.#options;
    if (!updates) return 'skipped';
    if (isDryRun) await this.#checkFree(line, there.sub);
    else {
      const call = { parameters: { sub: there.sub }, body: change };
      await this.#pace.call(() => this.#api.call('PATCH /admin/users/{sub}', call));
    }
    return 'updated';
  }
}

/** Returns the members of the line whose values the user does not have. A new address comes with whether it is verified. */
export function changeOf({ profile, user }: CheckedLine, there: UserView): UserProfile {
  const { blocked } = profile;
  const wanted = { ...user.claims, ...(blocked !== undefined && { blocked }) };
  const stored = { ...there, blocked: there.blocked === true };
  const members = Object.entries(wanted).filter(([name, value]) => Reflect.get(stored, name) !== value);
  const change: UserProfile = Object.fromEntries(members);
  const { email_verified, phone_number_verified } = user.claims;
  return {
    ...change,
    ...(change.email !== undefined && email_verified !== undefined && { email_verified }),
    ...(change.phone_number !== undefined && phone_number_verified !== undefined && { phone_number_verified }),
  };
}

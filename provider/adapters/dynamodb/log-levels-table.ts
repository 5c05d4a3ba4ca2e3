import type { LogLevelSetting } from '../../core/operating/log-level.ts';
import type { ManageLogLevelPorts } from '../../flows/operating/manage-log-level.ts';
import type { Key } from './items.ts';
import type { Table } from './table.ts';

/** The stored form of the log level, in Directory. Its end is absent for a level without one. */
type LogLevelForm = { readonly level: string; readonly until?: number };
/** The one item. */
const KEY: Key<LogLevelForm> = { pk: 'SETTING#log-level', sk: 'SETTING' };

type LogLevels = ManageLogLevelPorts['logLevels'];

/** The log level that an operator set. */
export class LogLevelsTable implements LogLevels {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  /** Reads the level. A form that a later version wrote counts as none. */
  async read(): Promise<LogLevelSetting | undefined> {
    const item = await this.#directory.get(KEY);
    return item?.level === 'debug' && typeof item.until === 'number'
      ? { level: item.level, until: item.until }
      : undefined;
  }

  /** Replaces the level. The last operator wins, and a repetition writes the same again. */
  async record(setting: LogLevelSetting): Promise<void> {
    const form: LogLevelForm = setting;
    await this.#directory.put<LogLevelForm>({ ...KEY, ...form });
  }
}

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The audit trail of the local runtime: the records that functions store, and the events that they only write to their
 * log. With a folder it outlives the runtime, as one line of JSON for each record.
 */
export class AuditRecords {
  readonly lines: string[] = [];
  readonly #file: string | undefined;
  readonly #ids = new Set<unknown>();

  constructor(folder: string | undefined) {
    this.#file = folder && join(folder, 'audit.jsonl');
    for (const line of this.#file ? kept(this.#file) : []) this.#keep(line);
  }

  /** Adds a record that a function stored. */
  readonly add = (text: string): void => {
    const line = text.trimEnd();
    if (!this.#keep(line)) return;
    if (this.#file) appendFileSync(this.#file, `${line}\n`);
  };

  /** Adds what a log line copies of the trail, unless the record itself is here. Other lines are passed over. */
  readonly addFromLog = (logLine: string): void => {
    if (!logLine.includes('"message":"audit"')) return;
    const { audit } = JSON.parse(logLine) as { readonly audit?: unknown };
    if (audit) this.add(JSON.stringify(audit));
  };

  #keep(line: string): boolean {
    const { id } = JSON.parse(line) as { readonly id?: unknown };
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    this.lines.push(line);
    return true;
  }
}

function kept(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

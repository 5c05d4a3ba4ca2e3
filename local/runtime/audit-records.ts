import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { addRecent } from '../aws/recent.ts';
import type { StoredObject } from '../aws/s3.ts';

/** The bucket in which the S3 stand-in shows the trail. */
export const AUDIT_BUCKET = 'local-audit';

/**
 * The audit trail of the local runtime: the records that functions store, and the events that they only write to their
 * log. With a folder it outlives the runtime, as one line of JSON for each record.
 */
export class AuditRecords {
  readonly #recent: string[] = [];
  readonly #file: string | undefined;
  readonly #remembers: number;
  readonly #ids = new Set<unknown>();

  /** `remembers`: how many records are kept where there is no folder. With a folder its file keeps all. */
  constructor(folder: string | undefined, remembers = Number.POSITIVE_INFINITY) {
    this.#file = folder && join(folder, 'audit.jsonl');
    this.#remembers = remembers;
    for (const line of this.#file ? kept(this.#file) : []) this.#keep(line);
  }

  /** The records in the order in which they came. */
  get lines(): readonly string[] {
    return this.#file ? kept(this.#file) : this.#recent;
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

  /** Returns the objects of the audit bucket: one for each day, where Firehose makes one every few minutes. */
  objects(): ReadonlyMap<string, StoredObject> {
    const days = Map.groupBy(this.lines, (line) => timeOf(line).toISOString().slice(0, 10).replaceAll('-', '/'));
    return new Map(
      [...days].map(([day, lines]) => {
        const modifiedAt = new Date(Math.max(...lines.map((line) => timeOf(line).getTime())));
        const body = gzipSync(lines.map((line) => `${line}\n`).join(''));
        return [`records/${day}/local.gz`, { body, modifiedAt }];
      }),
    );
  }

  /** Returns false for a record that is here already. Its copy follows soon, so that the last ids are enough. */
  #keep(line: string): boolean {
    const id = idOf(line);
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    for (const dropped of addRecent(this.#recent, line, this.#remembers)) this.#ids.delete(idOf(dropped));
    return true;
  }
}

function idOf(line: string): unknown {
  const { id } = JSON.parse(line) as { readonly id?: unknown };
  return id;
}

function timeOf(line: string): Date {
  const { at } = JSON.parse(line) as { readonly at: number };
  return new Date(at * 1000);
}

function kept(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

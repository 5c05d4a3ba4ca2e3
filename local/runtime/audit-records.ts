import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { StoredObject } from '../aws/s3.ts';

/** The bucket in which the S3 stand-in shows the trail. */
export const AUDIT_BUCKET = 'local-audit';

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

  #keep(line: string): boolean {
    const { id } = JSON.parse(line) as { readonly id?: unknown };
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    this.lines.push(line);
    return true;
  }
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

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { TrailBucket } from '../../../cli/audit-trail/trail-objects.ts';

/** 2026-11-30T12:00:00Z */
export const NOON = 1_796_040_000;

export type Line = Readonly<Record<string, unknown>> | string;

/** A bucket of objects in memory. */
export class MadeBucket implements TrailBucket {
  readonly lateSeconds = 300;
  /** The keys that were read, in order. */
  readonly reads: string[] = [];
  readonly #objects = new Map<string, { storedAt: number; body: Buffer }>();

  /** Puts an object that arrived at an instant. */
  put(folder: string, storedAt: number, lines: readonly Line[]): this {
    const day = new Date(storedAt * 1000).toISOString().slice(0, 10).replaceAll('-', '/');
    const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    return this.putRaw(`${folder}/${day}/${storedAt}-${this.#objects.size}.gz`, storedAt, gzipSync(text));
  }

  putRaw(key: string, storedAt: number, body: Buffer): this {
    this.#objects.set(key, { storedAt, body });
    return this;
  }

  async *list(prefix: string) {
    for (const [key, { storedAt }] of this.#objects) if (key.startsWith(prefix)) yield { key, storedAt };
  }

  async read(key: string): Promise<Readable> {
    this.reads.push(key);
    return Readable.from([this.#objects.get(key)?.body ?? Buffer.alloc(0)]);
  }
}

let count = 0;

/** A record of the trail, as a function stores it. */
export function record(more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  count += 1;
  return { v: 1, id: `id-${count}`, at: NOON, service: 'admin', event: 'client_updated', ...more };
}

/** The log line that is the copy of a record. */
export const copyOf = (audit: Readonly<Record<string, unknown>>) => ({
  level: 'INFO',
  message: 'audit',
  service: audit['service'],
  audit,
});

/** Intention and outcome of one change. */
export function change(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return [
    record({ change: name, phase: 'intended', ...more }),
    record({ change: name, phase: 'done', ...more }),
  ] as const;
}

import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Exchange } from '../../../local/runtime/gateway.ts';

/** A call and its answer, as a line of a file. */
export type Recorded = Omit<Exchange, 'body' | 'rawHeaders'> & {
  /** Names in lower case. The values of repeated headers are joined with commas. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The folder in which this run of the tests records what callers send and get. Not set: nothing is recorded. */
const FOLDER = process.env['TEST_TRAFFIC'];
let file: number | undefined;

/** Adds a call to the file of this process. It is written at once, because processes of tests are ended, not closed. */
export function record(exchange: Exchange): void {
  if (FOLDER === undefined) return;
  if (file === undefined) {
    mkdirSync(FOLDER, { recursive: true });
    file = openSync(join(FOLDER, `${process.pid}-${threadId}.ndjson`), 'a', 0o600);
    process.once('exit', () => file !== undefined && closeSync(file));
  }
  writeSync(file, `${JSON.stringify(recordedFrom(exchange))}\n`);
}

/** Returns a call and its answer as they are recorded. */
export function recordedFrom({ rawHeaders, body, ...exchange }: Exchange): Recorded {
  const { method, target, routeKey, status, headers, answer } = exchange;
  const requestHeaders = headersFrom(rawHeaders);
  return { routeKey, method, target, requestHeaders, body: body.toString('latin1'), status, headers, answer };
}

function headersFrom(raw: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    headers[name] = name in headers ? `${headers[name]},${raw[index + 1]}` : (raw[index + 1] ?? '');
  }
  return headers;
}

/** Reads what a run of the tests recorded, line by line. Nothing, if no test called a provider. */
export function* recordedIn(folder: string): Generator<Recorded> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.ndjson')) continue;
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      if (line !== '') yield JSON.parse(line) as Recorded;
    }
  }
}

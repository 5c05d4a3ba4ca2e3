import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { StartError, systemCodeOf } from './start-error.ts';

/** The state that the stand-ins and the demo keep between runs: one JSON file, or memory if there is no folder. */
export class StateFile {
  readonly #path: string | undefined;
  readonly #state: Record<string, unknown>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string | undefined, state: Record<string, unknown>) {
    this.#path = path;
    this.#state = state;
  }

  static async open(folder: string | undefined): Promise<StateFile> {
    if (folder === undefined) return new StateFile(undefined, {});
    const path = join(folder, 'local.json');
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return '{}';
      throw error;
    });
    return new StateFile(path, parse(path, text));
  }

  /** Reads the value of a name; undefined if there is none. */
  read<Schema extends v.GenericSchema>(name: string, schema: Schema): v.InferOutput<Schema> | undefined {
    if (this.#state[name] === undefined) return undefined;
    const kept = v.safeParse(schema, this.#state[name]);
    if (!kept.success) throw damaged(this.#path);
    return kept.output;
  }

  write(name: string, value: unknown): void {
    this.#state[name] = value;
    const path = this.#path;
    if (path === undefined) return;
    const text = JSON.stringify(this.#state);
    // Writes a new file and renames it, so that a crash leaves the old state intact. Only the owner may read it,
    // because it holds keys.
    this.#writing = this.#writing.then(async () => {
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    });
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.#writing;
  }
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
  } catch {
    throw damaged(path);
  }
}

function damaged(path: string | undefined): StartError {
  return new StartError(`${path ?? 'the state'} is damaged: delete its folder to start again without state`);
}

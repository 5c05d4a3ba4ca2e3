import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, vi } from 'vitest';

// What a test needs to do a page as its reader does: the fenced blocks, and terminals in which they are typed.

/** How long a line may take. The longest wait of the pages is a minute. */
export const PATIENCE_MS = 90_000;

/** A step of the page: a file to save, commands to type, or lines to see in a terminal. */
export type Step = {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly terminal: string;
  /** Whether the page says to end what runs there. */
  readonly ends: boolean;
};

/** The fenced blocks of the page. A block is for the terminal that was named last. */
export function stepsOf(page: string): readonly Step[] {
  const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return blocks.map(({ index, 1: language = '', 2: text = '' }) => {
    const before = page.slice(0, index);
    const terminal = [...before.matchAll(/terminal (\d)/gi)].at(-1)?.[1] ?? '';
    const ends = before.slice(before.lastIndexOf('```')).includes('with Ctrl-C');
    return { line: before.split('\n').length, language, text, terminal, ends };
  });
}

/** A line as a pattern: `…` stands for what may be there. */
export const patternOf = (line: string) =>
  new RegExp(line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '[^\\n]*?'));

/** A terminal, in which one program runs at a time. */
export class Terminal {
  readonly #where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  #program: ChildProcess | undefined;
  #output = '';
  #seen = 0;
  #isRestLeftOut = false;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.#where = { cwd, env };
  }

  get isBusy(): boolean {
    return this.#program !== undefined;
  }

  get output(): string {
    return this.#output;
  }

  run(commands: string): void {
    if (this.#isRestLeftOut) this.#seen = this.#output.length;
    this.#isRestLeftOut = false;
    // A group of its own, so that Ctrl-C reaches the program and what it started.
    const program = spawn('bash', ['--norc', '-c', commands], { ...this.#where, detached: true });
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk;
      });
    program.once('close', () => {
      this.#program = undefined;
    });
    this.#program = program;
  }

  type(letter: string): void {
    this.#program?.stdin?.write(`${letter}\n`);
  }

  /** Waits for a line after those that were seen before. */
  async see(line: string): Promise<void> {
    const pattern = patternOf(line);
    const find = () => pattern.exec(this.#output.slice(this.#seen));
    await expect.poll(find, { timeout: PATIENCE_MS, message: `${line}\n\n${this.#output}` }).not.toBeNull();
    const found = find();
    this.#seen += (found?.index ?? 0) + (found?.[0].length ?? 0);
  }

  /** What was printed after the lines that were seen. Empty if the rest is left out. */
  get unseen(): string {
    return this.#isRestLeftOut ? '' : this.#after;
  }

  get #after(): string {
    return this.#output.slice(this.#seen);
  }

  /** Waits for a whole line: the next one, or one of the next if others may be left out. */
  async seeLine(line: string, mayLeaveOut: boolean): Promise<void> {
    // Columns are as wide as what is in them.
    const columns = patternOf(line).source.replaceAll(/ {2,}/g, ' {2,}');
    const whole = new RegExp(`^${columns}\\n`, mayLeaveOut || this.#isRestLeftOut ? 'm' : '');
    const find = () => whole.exec(this.#after) ?? undefined;
    await vi.waitUntil(find, { timeout: PATIENCE_MS }).catch(() => {
      throw new Error(`The page has the line\n${line}\nwhere the terminal has\n${this.#after}`);
    });
    const found = find();
    this.#seen += (found?.index ?? 0) + (found?.[0].length ?? 0);
    this.#isRestLeftOut = false;
  }

  /** Takes all that is printed until the next command as seen. */
  leaveOutRest(): void {
    this.#isRestLeftOut = true;
  }

  /** Ctrl-C. */
  async end(): Promise<void> {
    const program = this.#program;
    if (program?.pid === undefined) return;
    const ended = once(program, 'close');
    process.kill(-program.pid, 'SIGINT');
    await ended;
  }
}

/** Returns a port that is free now. With four digits it is as long as those of the pages, so that lines break alike. */
export async function freePort(digits?: 4): Promise<number> {
  const wanted = digits === undefined ? 0 : 5000 + Math.floor(Math.random() * 4999);
  const port = await new Promise<number | undefined>((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
  return port ?? freePort(digits);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { hasCurl } from '../support/engines.ts';

// docs/tutorial.md, done as its reader does it: four terminals, commands typed, files saved, letters typed into the phone,
// and every line that the page shows is awaited in the terminal in which it says so. Only the ports are others.

/** How long a line may take. The longest wait of the page is a poll, five seconds. */
const PATIENCE_MS = 90_000;

/** A step of the page: a file to save, commands to type, or lines to see in a terminal. */
type Step = {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly terminal: string;
  /** Whether the page says to end what runs there. */
  readonly ends: boolean;
};

/** The fenced blocks of the page. A block is for the terminal that was named last. */
function stepsOf(page: string): readonly Step[] {
  const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return blocks.map(({ index, 1: language = '', 2: text = '' }) => {
    const before = page.slice(0, index);
    const terminal = [...before.matchAll(/terminal (\d)/gi)].at(-1)?.[1] ?? '';
    const ends = before.slice(before.lastIndexOf('```')).includes('with Ctrl-C');
    return { line: before.split('\n').length, language, text, terminal, ends };
  });
}

/** A line as a pattern: `…` stands for what may be there. */
const patternOf = (line: string) =>
  new RegExp(line.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '[^\\n]*?'));

/** A terminal, in which one program runs at a time. */
class Terminal {
  readonly #where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  #program: ChildProcess | undefined;
  #output = '';
  #seen = 0;

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

  /** Ctrl-C. */
  async end(): Promise<void> {
    const program = this.#program;
    if (program?.pid === undefined) return;
    const ended = once(program, 'close');
    process.kill(-program.pid, 'SIGINT');
    await ended;
  }
}

describe.skipIf(!hasCurl())('docs/tutorial.md', () => {
  const terminals = new Map<string, Terminal>();
  const page = readFileSync(join(root, 'docs/tutorial.md'), 'utf8');
  const steps = stepsOf(page).filter(({ text }) => !text.startsWith('npm ci'));
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let ports: Readonly<Record<string, number>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ciba-tutorial-'));
    for (const name of readdirSync(root).filter((one) => one !== 'tutorial' && !one.startsWith('.')))
      symlinkSync(join(root, name), join(folder, name));
    mkdirSync(join(folder, 'tutorial'));
    ports = { '3000': await freePort(), '8080': await freePort(), '8443': await freePort() };
    const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
    env = { HOME: folder, PATH, CIBA_URL: `http://localhost:${ports['3000']}` };
  });
  afterAll(async () => {
    await Promise.all([...terminals.values()].map((terminal) => terminal.end()));
    await rm(folder, { recursive: true, force: true });
  });

  /** Text of the page with the ports of this test. */
  const own = (text: string): string =>
    text
      .replaceAll(/\b(3000|8080|8443)\b/g, (port) => String(ports[port]))
      .replace('npm start --', `npm start -- --port ${ports['3000']}`);

  /** A command in which the page leaves something out: the reader copies it from a terminal. */
  const filled = (command: string): string =>
    command.replace(/'([^']*…[^']*)'/, (_, shown: string) => {
      const printed = [...terminals.values()].map(({ output }) => output).join('\n');
      const copied = new RegExp(`${patternOf(shown).source}(?=\\s)`).exec(printed);
      if (!copied) throw new Error(`No terminal has ${shown}.`);
      return `'${copied[0]}'`;
    });

  async function type({ terminal: number, text, ends }: Step): Promise<void> {
    const terminal = terminals.get(number) ?? new Terminal(folder, env);
    if (ends) await terminal.end();
    await expect.poll(() => terminal.isBusy, { timeout: PATIENCE_MS }).toBe(false);
    terminals.set(number, terminal);
    terminal.run(filled(own(text)));
  }

  async function look({ terminal: number, text }: Step): Promise<void> {
    const terminal = terminals.get(number);
    if (!terminal) throw new Error(`Nothing runs in terminal ${number}.`);
    for (const line of own(text).trimEnd().split('\n')) {
      const [, question, letter] = /^(\[a\]pprove or \[d\]eny\? )([ad])$/.exec(line) ?? [];
      await terminal.see(question ?? line);
      if (letter !== undefined) terminal.type(letter);
    }
  }

  it.each(steps.map((step) => [`line ${step.line}, ${step.language}`, step] as const))('%s', async (_, step) => {
    if (step.language === 'sh') await type(step);
    else if (step.language === 'text') await look(step);
    else {
      const file = /^\/\/ (tutorial\/\w+\.ts):/.exec(step.text)?.[1] ?? '';
      expect(file).not.toBe('');
      writeFileSync(join(folder, file), own(step.text));
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

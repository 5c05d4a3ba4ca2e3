import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { hasCurl } from '../support/engines.ts';
import { freePort, PATIENCE_MS, patternOf, type Step, stepsOf, Terminal } from '../support/page-terminals.ts';

// docs/tutorial.md, done as its reader does it: four terminals, commands typed, files saved, letters typed into the phone,
// and every line that the page shows is awaited in the terminal in which it says so. Only the ports are others.

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
    ports = { '3000': await freePort(), '8080': await freePort(), '8081': await freePort(), '8443': await freePort() };
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
      .replaceAll(/\b(3000|8080|8081|8443)\b/g, (port) => String(ports[port]))
      .replace('npm start --', `npm start -- --port ${ports['3000']}`)
      .replace('-- listen ', `-- listen --port ${ports['8443']} `);

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

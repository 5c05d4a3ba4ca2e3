import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vocabulary } from '../../cli/commands/registry.ts';
import { root } from '../support/code-blocks.ts';
import { freePort, PATIENCE_MS, type Step, stepsOf, Terminal } from '../support/page-terminals.ts';

// docs/first-day.md, typed as it stands: six terminals, every command in its order, and every line that is printed is a line
// of the page. Only the ports are others.

/** What the words in capitals stand for: the first or the last match in what the terminals have printed. */
const COPIED = {
  TICKET_URI: { pattern: /^uri {2,}(ciba:\S+)$/gm, which: -1 },
  REQUEST_ID: { pattern: /^([\w-]{43}) {2}.+Z {2}\d+ *$/gm, which: -1 },
  NUMBER: { pattern: /types this number on the phone: (\d\d)/g, which: -1 },
  TXN: { pattern: /\(txn ([0-9a-f]{16})\)/g, which: 0 },
} as const;

/** The commands that the page must have. */
const LEAST =
  `up context client:create client:list client:test client:rotate-secret ask listen trigger phone:enrol phone:list
  phone:show phone:approve user:create user:list user:import user:invite device:list tail trace status request:list request:show doctor audit evidence:export evidence:verify`.split(
    /\s+/,
  );

describe('docs/first-day.md', () => {
  const page = readFileSync(join(root, 'docs/first-day.md'), 'utf8');
  const steps = stepsOf(page);
  const terminals = new Map<string, Terminal>();
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let ports: Readonly<Record<string, number>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ciba-first-day-'));
    const [node, check, command] = [process.execPath, join(root, 'local/check-node.mjs'), join(root, 'cli/ciba.ts')];
    writeFileSync(join(folder, 'ciba'), `#!/bin/sh\nexec '${node}' --import '${check}' '${command}' "$@"\n`);
    chmodSync(join(folder, 'ciba'), 0o755);
    ports = { '3000': await freePort(4), '8443': await freePort(4) };
    const PATH = `${folder}:${dirname(process.execPath)}:${process.env['PATH']}`;
    env = { HOME: folder, PATH, CIBA_URL: `http://localhost:${ports['3000']}` };
  });
  afterAll(async () => {
    await Promise.all([...terminals.values()].map((terminal) => terminal.end()));
    await rm(folder, { recursive: true, force: true });
  });

  const own = (text: string): string =>
    text
      .replaceAll(/\b(3000|8443)\b/g, (port) => String(ports[port]))
      .replace('ciba up', `ciba up --port ${ports['3000']}`);

  /** A command with what its reader copies from a terminal. */
  const filled = (command: string): string =>
    Object.entries(COPIED).reduce((text, [word, { pattern, which }]) => {
      if (!text.includes(word)) return text;
      const printed = [...terminals.values()].map(({ output }) => output).join('\n');
      const copied = [...printed.matchAll(pattern)].at(which)?.[1];
      if (copied === undefined) throw new Error(`No terminal has ${word}.`);
      return text.replaceAll(word, copied);
    }, command);

  async function type({ terminal: number, text }: Step): Promise<void> {
    const terminal = terminals.get(number) ?? new Terminal(folder, env);
    await expect.poll(() => terminal.isBusy, { timeout: PATIENCE_MS }).toBe(false);
    expect(terminal.unseen).toBe('');
    terminals.set(number, terminal);
    terminal.run(`exec 2>&1; ${filled(own(text))}`);
  }

  async function look({ terminal: number, text }: Step): Promise<void> {
    const terminal = terminals.get(number);
    if (!terminal) throw new Error(`Nothing runs in terminal ${number}.`);
    let mayLeaveOut = false;
    for (const line of own(text).trimEnd().split('\n')) {
      if (line === '…') mayLeaveOut = true;
      else {
        await terminal.seeLine(line, mayLeaveOut);
        mayLeaveOut = false;
      }
    }
    if (mayLeaveOut) terminal.leaveOutRest();
  }

  /** Whether each step so far went as the page says. After one that did not, the others would only wait. */
  let goesOn = true;
  it.each(steps.map((step) => [`line ${step.line}, ${step.language}`, step] as const))('%s', async (_, step) => {
    if (!goesOn) return;
    goesOn = false;
    if (step.language === 'sh') await type(step);
    else if (step.language === 'csv') writeFileSync(join(folder, 'users.csv'), step.text);
    else await look(step);
    goesOn = true;
  });

  it('goes as it is written, to the end', () => {
    expect(goesOn).toBe(true);
  });

  it('shows all that each command printed, and every command of a first day', () => {
    for (const terminal of terminals.values()) if (!terminal.isBusy) expect(terminal.unseen).toBe('');
    const typed = steps.filter(({ language }) => language === 'sh').map(({ text }) => text.split(/\s+/));
    const nouns = vocabulary.nouns.map(({ name }) => name);
    const words = typed.map(([, noun = '', command = '']) => [noun, ...(nouns.includes(noun) ? [command] : [])]);
    const names = words.flatMap((word) => [word.join(':'), word[0]]);
    expect(LEAST.filter((name) => !names.includes(name))).toEqual([]);
    expect(typed.length).toBeGreaterThanOrEqual(20);
  });
});

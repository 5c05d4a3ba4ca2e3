import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CLEAN } from './ciba-process.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Typed = { readonly after: string | RegExp; readonly keys: string };
type Setting = {
  readonly env?: Record<string, string>;
  readonly columns?: number;
  /** What somebody types, each after the terminal shows a text. */
  readonly typed?: readonly Typed[];
};

/** Runs a shell command line, by `script` of util-linux, in a terminal of its own. Returns the exit code and everything that the terminal got. */
export function inTerminal(
  command: string,
  { env = {}, columns = 100, typed = [] }: Setting = {},
): Promise<{ code: number | null; screen: string }> {
  return new Promise((resolve, reject) => {
    const line = `stty cols ${columns} rows 40; ${command}`;
    const all = { ...CLEAN, TERM: 'xterm', SHELL: '/bin/bash', ...env };
    const child = spawn('script', ['-qefc', line, '/dev/null'], { cwd: root, env: all });
    const open = [...typed];
    const impatience = setTimeout(() => child.kill(), 60_000);
    let screen = '';
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      for (let next = open[0]; next !== undefined; next = open[0]) {
        const rest = screen.slice(seen);
        const at = typeof next.after === 'string' ? rest.indexOf(next.after) : rest.search(next.after);
        if (at < 0) break;
        seen = screen.length;
        child.stdin.write(next.keys);
        open.shift();
      }
    });
    child.stdin.on('error', () => undefined);
    child.on('error', reject).on('close', (code) => {
      clearTimeout(impatience);
      resolve({ code, screen: screen.replaceAll('\r\n', '\n') });
    });
  });
}

/** The command line that runs ciba. */
export const CIBA = `'${process.execPath}' --import ./local/check-node.mjs cli/ciba.ts`;

import { createServer } from 'node:net';
import { installation } from '../installation.ts';
import { listenOnLoopback } from '../runtime/loopback.ts';

/** How many ports after the one in use are tried. */
const ATTEMPTS = 20;

/** Says that a port is in use, and names a command line that works: with the next port that is free. */
export async function portAdvice(port: number, args: readonly string[]): Promise<string> {
  const free = await nextFreePort(port);
  const others = withoutPort(args).map(quoted).join(' ');
  return [
    `port ${port} is in use by another program. Choose another port:`,
    `  ${installation.startCommand} -- --port ${free}${others && ` ${others}`}`,
    'and tell the demo, ciba and the examples about it, in their terminals:',
    `  export CIBA_URL=http://localhost:${free}`,
  ].join('\n');
}

async function nextFreePort(port: number): Promise<number> {
  for (let next = port + 1; next <= Math.min(port + ATTEMPTS, 65_535); next += 1) {
    if (await isFree(next)) return next;
  }
  return 0;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listenOnLoopback(server, port);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Returns the arguments without `--port N` and `--port=N`. */
function withoutPort(args: readonly string[]): readonly string[] {
  return args.filter((arg, index) => arg !== '--port' && args[index - 1] !== '--port' && !arg.startsWith('--port='));
}

/** Quotes an argument for a shell if it needs that. */
function quoted(arg: string): string {
  return /^[\w./:=-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}

import { createServer } from 'node:net';
import { installation } from '../installation.ts';
import { listenOnLoopback } from '../runtime/loopback.ts';

/** How many ports after the one in use are tried. */
const ATTEMPTS = 20;

/** The options that name a port, and the port without the option. */
const PORT_OPTIONS = { '--port': 3000, '--https-port': 3443, '--mtls-port': undefined } as const;
type PortOption = keyof typeof PORT_OPTIONS;

/** Says that a port is in use, and names a command line that works: with the next port that is free. */
export async function portAdvice(port: number, args: readonly string[]): Promise<string> {
  const free = await nextFreePort(port);
  const option = optionOf(port, args);
  const others = without(option, args).map(quoted).join(' ');
  const advice = [
    `port ${port} is in use by another program. Choose another port:`,
    `  ${installation.startCommand} -- ${option} ${free}${others && ` ${others}`}`,
  ];
  if (option === '--mtls-port') return advice.join('\n');
  const scheme = option === '--port' ? 'http' : 'https';
  return [
    ...advice,
    'and tell the demo, ciba and the examples about it, in their terminals:',
    `  export CIBA_URL=${scheme}://localhost:${free}`,
  ].join('\n');
}

/** Returns the option that names this port. */
function optionOf(port: number, args: readonly string[]): PortOption {
  const named = (option: PortOption) =>
    args.some((arg, index) => arg === `${option}=${port}` || (arg === option && args[index + 1] === String(port)));
  const options: readonly PortOption[] = ['--port', '--https-port', '--mtls-port'];
  return options.find(named) ?? options.find((option) => PORT_OPTIONS[option] === port) ?? '--port';
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

/** Returns the arguments without `--port N` and `--port=N`, or another option with its value. */
function without(option: PortOption, args: readonly string[]): readonly string[] {
  return args.filter((arg, index) => arg !== option && args[index - 1] !== option && !arg.startsWith(`${option}=`));
}

/** Quotes an argument for a shell if it needs that. */
function quoted(arg: string): string {
  return /^[\w./:=-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}

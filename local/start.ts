import { resolve } from 'node:path';
import { DemoWorld } from './demo/demo-world.ts';
import { createLocalRoutes } from './demo/local-routes.ts';
import { demoSeed, readSeed } from './demo/seed-file.ts';
import type { LocalFunction } from './runtime/function-host.ts';
import { type Runtime, startRuntime } from './runtime/runtime.ts';
import { StartError, systemCodeOf } from './runtime/start-error.ts';
import { parseStartOptions, START_HELP, type StartOptions } from './start-options.ts';

try {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) console.log(START_HELP);
  else await start(options);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

/** Starts the runtime, seeds it and prints its addresses. A start that fails leaves nothing running. */
async function start(options: StartOptions): Promise<void> {
  const seed = options.seed === undefined ? demoSeed : await readSeed(options.seed);
  const runtime = await startRuntime({
    port: options.port,
    dataFolder: options.data === undefined ? undefined : resolve(options.data),
    dynamodb: options.dynamodb,
    variables: options.limits === 'off' ? { REQUEST_LIMITS: JSON.stringify({ perUser: 'off' }) } : {},
    throttles: options.limits === 'off' ? 'off' : undefined,
    onLog: (functionName, line) => printLog(options, functionName, line),
    onEvent: options.events ? (event) => console.log(`[event] ${JSON.stringify(event)}`) : undefined,
  });
  try {
    const world = new DemoWorld(runtime);
    runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
    await world.createFrom(seed);
  } catch (error) {
    await runtime.close();
    throw error;
  }
  announce(runtime);
  if (options.dynamodb === 'dynamodb-local')
    console.log('  note                   DynamoDB Local listens on all networks of this machine, without a password');
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void runtime.close().then(() => process.exit(0)));
}

function announce({ url }: Runtime): void {
  const elsewhere = url.endsWith(':3000') ? '' : ` -- --url ${url}`;
  console.log(`ready ${url}`);
  console.log(`  see a login            ${url}/demo`);
  console.log(`  the same in a terminal npm run demo${elsewhere}`);
  console.log(`  what clients discover  ${url}/.well-known/openid-configuration`);
  console.log(`  client, secret, user   ${url}/local/demo`);
  console.log(`  operate it             npm run ciba -- ${url.endsWith(':3000') ? '' : `--url ${url} `}--help`);
}

/** Prints a log line of a function. Faults always show; the one line for each request only with `--verbose`. */
function printLog({ verbose }: StartOptions, functionName: LocalFunction, line: string): void {
  const isFault = line.includes('"level":"ERROR"') || !line.startsWith('{');
  if (line !== '' && (verbose || isFault)) console.error(`[${functionName}] ${line}`);
}

function explain(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const code = systemCodeOf(error);
  const port = error instanceof Error && 'port' in error ? error.port : undefined;
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: stop the program that listens there, or choose another port with --port`;
  if (code === 'EACCES' && port !== undefined)
    return `port ${port} is not permitted: choose a port above 1023 with --port`;
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port')
    return 'browsers block this port: choose another with --port';
  return error instanceof Error ? error.message : String(error);
}

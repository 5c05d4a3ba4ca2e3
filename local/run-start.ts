import { StartError, systemCodeOf } from './runtime/start-error.ts';
import { parseStartOptions, START_HELP } from './start-options.ts';
import { portAdvice } from './terminal/port-advice.ts';
import { humanTerminal, jsonTerminal } from './terminal/terminal.ts';

/** Runs `npm start`, also as `ciba up`. A start that fails is one sentence on standard error, and exit code 1. */
export async function runStart(args: readonly string[]): Promise<void> {
  try {
    const options = parseStartOptions(args);
    if (options.help) return console.log(START_HELP);
    const terminal = options.json ? jsonTerminal() : humanTerminal();
    terminal.say('Serverless CIBA, the whole provider on this machine. Ctrl-C ends it.');
    // Loaded only now, so that the line above does not wait for the SDK and the database.
    const { serve } = await import('./serve.ts');
    await serve(options, terminal);
  } catch (error) {
    console.error(await explain(error, args));
    process.exitCode = 1;
  }
}

async function explain(error: unknown, args: readonly string[]): Promise<string> {
  if (error instanceof StartError) return error.message;
  const code = systemCodeOf(error);
  const port = error instanceof Error && 'port' in error ? Number(error.port) : undefined;
  if (code === 'EADDRINUSE' && port !== undefined) return portAdvice(port, args);
  if (code === 'EACCES' && port !== undefined)
    return `port ${port} is not permitted: choose a port above 1023 with --port`;
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port')
    return 'browsers block this port: choose another with --port';
  return error instanceof Error ? error.message : String(error);
}

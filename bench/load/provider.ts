import * as v from 'valibot';
import { functions } from '../../infra/functions/deployed-functions.ts';
import type { Interference } from '../../local/aws/server.ts';
import type { Delivery } from '../../local/aws/sns.ts';
import { LIMITS_OFF } from '../../local/runtime/limits-off.ts';
import { type Runtime, startRuntime } from '../../local/runtime/runtime.ts';
import { type FromProvider, type ProviderFigures, type ToProvider, toProvider } from './provider-messages.ts';
import { throttledAnswer } from './throttling.ts';

// The local runtime in a process of its own, which the load test kills and starts again. AWS throttles some of its
// calls. It ends with the load test.

const FIGURES_MILLISECONDS = 250;
/** Limits against push fatigue are off, because few users log in many times. A short interval makes a login short. */
const VARIABLES = { REQUEST_LIMITS: JSON.stringify({ ...LIMITS_OFF, interval: 2 }) };

const figures: ProviderFigures = { calls: {}, throttled: {}, retried: 0, faults: {}, examples: {}, unconfirmed: 0 };
const pushed = v.object({
  fcmV1Message: v.object({ message: v.object({ data: v.object({ request_id: v.optional(v.string()) }) }) }),
});
const faultLine = v.looseObject({ fault: v.string() });
let throttledShare = 0;
let runtime: Runtime | undefined;

process.on('message', (message) => void handle(v.parse(toProvider, message)).catch(fail));
process.on('disconnect', () => process.exit(1));

async function handle(message: ToProvider): Promise<void> {
  if (message.type === 'throttle') throttledShare = message.percent / 100;
  else if (message.type === 'start') await start(message);
  else await end();
}

async function start({ port, dataFolder, certificate }: Extract<ToProvider, { type: 'start' }>): Promise<void> {
  const onLog = (_name: string, line: string) => countLine(line);
  const trustedCertificates = [certificate];
  runtime = await startRuntime({
    port,
    dataFolder,
    trustedCertificates,
    variables: VARIABLES,
    throttles: 'off',
    onLog,
  });
  runtime.aws.interference = interfere;
  runtime.sns.on('delivery', tellPush);
  setInterval(() => tell({ type: 'figures', figures }), FIGURES_MILLISECONDS);
  tell({ type: 'ready', url: runtime.url, awsEndpoint: runtime.awsEndpoint });
}

async function end(): Promise<void> {
  await runtime?.close();
  tell({ type: 'figures', figures });
  // Without the channel to the load test nothing keeps the process.
  process.removeAllListeners('disconnect');
  process.disconnect?.();
  process.exit(0);
}

/** Counts the calls of functions, and throttles some of them. The server would keep all calls, so they are dropped. */
const interfere: Interference = (call) => {
  if (runtime) runtime.aws.calls.length = 0;
  if (throttledShare === 0 || !Object.hasOwn(functions, call.caller)) return undefined;
  count(figures.calls, call.service);
  if ((call.attempt ?? 1) > 1) figures.retried += 1;
  const answer = Math.random() < throttledShare ? throttledAnswer(call, Math.random) : undefined;
  if (answer) count(figures.throttled, call.service);
  return answer;
};

function tellPush({ payload }: Delivery): void {
  if (runtime) runtime.push.deliveries.length = 0;
  const { success, output } = v.safeParse(pushed, payload);
  const requestId = success ? output.fcmV1Message.message.data.request_id : undefined;
  if (requestId !== undefined) tell({ type: 'push', requestId });
}

function countLine(line: string): void {
  if (line.includes('"unconfirmed":true')) figures.unconfirmed += 1;
  if (line === '' || (line.startsWith('{') && !line.includes('"level":"ERROR"'))) return;
  const name = line.startsWith('{') ? v.parse(faultLine, JSON.parse(line)).fault : 'no line of JSON';
  count(figures.faults, name);
  figures.examples[name] ??= line;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function tell(message: FromProvider): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  tell({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

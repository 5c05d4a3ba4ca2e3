import { AsyncLocalStorage } from 'node:async_hooks';
import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { installation } from '../installation.ts';
import { contextOf } from './invocation-context.ts';
import { SharedClock } from './shared-clock.ts';
import { trustCertificates } from './trusted-certificates.ts';

// Runs one deployed function in its own thread, with its own environment and its own module cache, as in Lambda.

type WorkerData = {
  readonly functionName: string;
  /** The address of the module that exports the handler. */
  readonly handler: string;
  readonly clockCells: SharedArrayBuffer;
  readonly trustedCertificates: readonly string[];
};
type Handler = (event: unknown, context: unknown) => Promise<unknown>;
type Invocation = { readonly id: number; readonly event: unknown; readonly laterSeconds: number };

const { functionName, handler: address, clockCells, trustedCertificates }: WorkerData = workerData;

// The clock of the runtime instead of the machine's, so that tests pass expiries without waiting.
const clock = new SharedClock(clockCells);
const machineNow = Date.now.bind(Date);
// By how many seconds it is ahead in one call.
const later = new AsyncLocalStorage<number>();
Date.now = () => clock.milliseconds(machineNow()) + (later.getStore() ?? 0) * 1000;

// This affects only this thread.
if (trustedCertificates.length > 0) trustCertificates(trustedCertificates);

// The next start of this function, of any run, then compiles nothing that is the same. Without a folder, or before Node 22, there is no cache.
module.enableCompileCache?.(installation.compileCache);
const { handler }: { readonly handler: Handler } = await import(address);

parentPort?.on('message', async (message: Invocation | 'end') => {
  if (message === 'end') process.exit();
  const { id, event, laterSeconds } = message;
  try {
    parentPort?.postMessage({ id, result: await later.run(laterSeconds, handler, event, contextOf(functionName, id)) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

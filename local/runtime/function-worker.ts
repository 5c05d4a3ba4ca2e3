import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

// Runs one deployed function in its own thread, with its own environment and its own module cache, as in Lambda.

type WorkerData = {
  readonly functionName: string;
  readonly clockOffset: SharedArrayBuffer;
  readonly trustedCertificates: readonly string[];
};
type Handler = (event: unknown, context: unknown) => Promise<unknown>;
type Invocation = { readonly id: number; readonly event: unknown };

const { functionName, clockOffset, trustedCertificates }: WorkerData = workerData;

// The machine's clock plus an offset from the runtime, so that tests pass expiries without waiting.
const offsetSeconds = new Int32Array(clockOffset);
const machineNow = Date.now.bind(Date);
Date.now = () => machineNow() + Atomics.load(offsetSeconds, 0) * 1000;

// This affects only this thread.
if (trustedCertificates.length > 0) setDefaultCACertificates([...getCACertificates('default'), ...trustedCertificates]);

const source = new URL(`../../lambdas/${functionName}/handler.ts`, import.meta.url);
const { handler }: { readonly handler: Handler } = await import(source.href);

parentPort?.on('message', async ({ id, event }: Invocation) => {
  try {
    parentPort?.postMessage({ id, result: await handler(event, contextOf(id)) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

function contextOf(id: number): unknown {
  return {
    functionName,
    awsRequestId: `local-${id}`,
    getRemainingTimeInMillis: () => 10_000,
    callbackWaitsForEmptyEventLoop: false,
  };
}

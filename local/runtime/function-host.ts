import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { functions, optionalFunctions } from '../../infra/functions/deployed-functions.ts';
import { installation } from '../installation.ts';
import type { SharedClock } from './shared-clock.ts';

/** How long a thread may take to end itself. */
const END_MILLISECONDS = 10_000;

const localFunctions = { ...functions, ...optionalFunctions };
/** The name of a function that runs on one machine. */
export type LocalFunction = keyof typeof localFunctions;

type Environment = Readonly<Record<string, string>>;
type Waiting = { resolve(result: unknown): void; reject(error: Error): void };

/** The options of a host: where functions find AWS, the values of their variables, and where their log lines go. */
export type HostOptions = {
  readonly awsEndpoint: string;
  /** The values of variables. A function gets only those that its `lambdas/<name>/function.ts` lists. */
  readonly values: Environment;
  readonly clock: SharedClock;
  /** Certificates in PEM that functions trust in addition to those of Node. */
  readonly trustedCertificates?: readonly string[] | undefined;
  /** The folder of bundles, `<name>/index.mjs`, of the functions and of `function-worker`. Default: those of the installation. */
  readonly bundles?: string | undefined;
  readonly onLog: (functionName: LocalFunction, line: string) => void;
};

/** Runs functions by name. */
export interface Host {
  /** Runs a function for an event, with a clock that is ahead by so many seconds in this call alone. Default: by none. */
  invoke(name: LocalFunction, event: unknown, laterSeconds?: number): Promise<unknown>;
  /** Ends the sandboxes of a function, or all, so that its next call is a cold start. */
  cool(only?: LocalFunction): Promise<void>;
}

/** Runs handlers as Lambda does: cold on first use, warm afterwards, each with the variables in its `function.ts`. */
export class FunctionHost implements Host {
  readonly #options: HostOptions;
  readonly #sandboxes = new Map<LocalFunction, Sandbox>();
  /** Those of calls that come later. What they remember, and until when, must not reach other calls. */
  readonly #laterSandboxes = new Map<LocalFunction, Sandbox>();

  constructor(options: HostOptions) {
    this.#options = options;
  }

  invoke(name: LocalFunction, event: unknown, laterSeconds = 0): Promise<unknown> {
    const sandboxes = laterSeconds === 0 ? this.#sandboxes : this.#laterSandboxes;
    let sandbox = sandboxes.get(name);
    if (!sandbox || sandbox.hasEnded) {
      sandbox = new Sandbox(name, environmentOf(name, this.#options), this.#options);
      sandboxes.set(name, sandbox);
    }
    return sandbox.invoke(event, laterSeconds);
  }

  async cool(only?: LocalFunction): Promise<void> {
    const ended = [this.#sandboxes, this.#laterSandboxes].flatMap((sandboxes) => {
      const found = [...sandboxes].filter(([name]) => only === undefined || name === only);
      for (const [name] of found) sandboxes.delete(name);
      return found.map(([, sandbox]) => sandbox.end());
    });
    await Promise.all(ended);
  }
}

class Sandbox {
  /** Whether the thread has ended. A call to an ended thread would wait for ever. */
  hasEnded = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(name: LocalFunction, env: Environment, options: HostOptions) {
    const { clock, trustedCertificates = [], bundles } = options;
    const { thread, handler } = bundles === undefined ? installedFilesOf(name) : bundlesOf(name, bundles);
    const workerData = { functionName: name, handler: handler.href, clockCells: clock.cells, trustedCertificates };
    this.#worker = new Worker(thread, {
      env,
      workerData,
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLog(name, line);
      });
    }
    this.#worker.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error(`the function ${name} ended`)));
  }

  invoke(event: unknown, laterSeconds: number): Promise<unknown> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, event, laterSeconds });
    });
  }

  /**
   * Asks the thread to end itself, which it does between two turns. `terminate` stops it anywhere: while it loads
   * modules, Node may then abort the whole process (nodejs/node#38418). So it is only for a thread that does not answer.
   */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    const late = setTimeout(() => void this.#worker.terminate(), END_MILLISECONDS);
    this.#worker.postMessage('end');
    await ended;
    clearTimeout(late);
  }

  #fail(error: unknown): void {
    this.hasEnded = true;
    for (const waiting of this.#waiting.values())
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}

function installedFilesOf(name: LocalFunction): { thread: URL; handler: URL } {
  return { thread: installation.functionWorker, handler: installation.handlerOf(name) };
}

function bundlesOf(name: LocalFunction, folder: string): { thread: URL; handler: URL } {
  const thread = pathToFileURL(`${folder}/function-worker/index.mjs`);
  return { thread, handler: pathToFileURL(`${folder}/${name}/index.mjs`) };
}

/** Returns the variables of a function: those that its `function.ts` lists, and those that Lambda sets for all. */
export function environmentOf(name: LocalFunction, options: HostOptions): Environment {
  const { values } = options;
  const listed = localFunctions[name].environment.filter((variable) => values[variable] !== undefined);
  const own = Object.fromEntries(listed.map((variable) => [variable, values[variable] ?? '']));
  return { ...awsEnvironment(name, options), ...own };
}

/** Returns the variables that Lambda sets for all. Each function has its own credentials, which name the caller. */
export function awsEnvironment(name: string, { awsEndpoint }: Pick<HostOptions, 'awsEndpoint'>): Environment {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: awsEndpoint,
    // Longer than in AWS, because a busy machine answers late.
    AWS_CALL_MILLISECONDS: '60000',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    TZ: 'UTC',
  };
}

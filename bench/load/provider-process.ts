import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';
import { type FromProvider, fromProvider, type ProviderFigures, type ToProvider } from './provider-messages.ts';

/** When the provider was killed and when it was there again, in milliseconds since 1970. */
export type Kill = { readonly at: number; readonly until: number };
type Started = { readonly url: string; readonly awsEndpoint: string };
type Own = {
  readonly dataFolder: string;
  /** The certificate of the clients' notification endpoint, in PEM. */
  readonly certificate: string;
  /** Gets the request id of each push. */
  readonly onPush: (requestId: string) => void;
};

/** The provider in a process of its own, on one data folder and one port. */
export class ProviderProcess {
  readonly kills: Kill[] = [];
  /** What the processes wrote to their error output. The stand-ins complain there. */
  readonly complaints: string[] = [];
  readonly #own: Own;
  readonly #figures = new Map<ChildProcess, ProviderFigures>();
  #child: ChildProcess;
  #started: Started;
  #throttledPercent = 0;

  private constructor(own: Own, child: ChildProcess, started: Started) {
    this.#own = own;
    this.#child = child;
    this.#started = started;
    this.#listen();
  }

  static async start(own: Own): Promise<ProviderProcess> {
    const { child, started } = await startChild(own, 0);
    return new ProviderProcess(own, child, started);
  }

  /** `http://localhost:PORT`, the same after each restart. */
  get url(): string {
    return this.#started.url;
  }

  /** The address of the AWS stand-ins, another one after each restart. */
  get awsEndpoint(): string {
    return this.#started.awsEndpoint;
  }

  /** Throttles so many calls of 100 from now on. */
  throttle(percent: number): void {
    this.#throttledPercent = percent;
    this.#tell({ type: 'throttle', percent });
  }

  /** Kills the process, whatever it does, and starts another one on the same folder. */
  async killAndRestart(): Promise<void> {
    const at = Date.now();
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
    const { child, started } = await startChild(this.#own, Number(new URL(this.url).port));
    this.#child = child;
    this.#started = started;
    this.#listen();
    this.throttle(this.#throttledPercent);
    this.kills.push({ at, until: Date.now() });
  }

  /** Ends the process as Ctrl-C would. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#tell({ type: 'end' });
    await gone;
  }

  /** Returns what all processes counted together. Each tells it four times a second, so a kill loses a little. */
  figures(): readonly ProviderFigures[] {
    return [...this.#figures.values()];
  }

  #listen(): void {
    const child = this.#child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.complaints.push(text.trimEnd()));
    child.on('message', (raw) => {
      const message = v.parse(fromProvider, raw);
      if (message.type === 'figures') this.#figures.set(child, message.figures);
      if (message.type === 'push') this.#own.onPush(message.requestId);
    });
  }

  #tell(message: ToProvider): void {
    this.#child.send(message);
  }
}

async function startChild(
  { dataFolder, certificate }: Own,
  port: number,
): Promise<{ child: ChildProcess; started: Started }> {
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'ipc'];
  const child = fork(new URL('./provider.ts', import.meta.url), [], { execArgv: [], stdio });
  const answer = new Promise<FromProvider>((resolve, reject) => {
    const listen = (raw: unknown) => {
      const message = v.parse(fromProvider, raw);
      if (message.type !== 'ready' && message.type !== 'failed') return;
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
    child.once('exit', (code) => reject(new Error(`the provider ended with exit code ${code}`)));
  });
  const message: ToProvider = { type: 'start', port, dataFolder, certificate };
  child.send(message);
  const ready = await answer;
  if (ready.type === 'ready') return { child, started: ready };
  child.kill('SIGKILL');
  throw new Error(`the provider did not start: ${ready.type === 'failed' ? ready.message : ready.type}`);
}

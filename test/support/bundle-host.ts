import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  awsEnvironment,
  environmentOf,
  type Host,
  type HostOptions,
  type LocalFunction,
} from '../../local/runtime/function-host.ts';

const BOOTSTRAP = new URL('./lambda-bootstrap.mjs', import.meta.url).pathname;

type Invocation = {
  readonly id: string;
  readonly event: unknown;
  resolve(result: unknown): void;
  reject(error: Error): void;
};

type SandboxOptions = {
  readonly name: string;
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
};

/** Runs each bundle in its own process, which uses the Lambda Runtime API, one event at a time. */
export class BundleHost implements Host {
  readonly #folder: string;
  readonly #options: HostOptions;
  /** The folder with the certificates, while there are sandboxes. */
  #trustFolder: string | undefined;
  readonly #sandboxes = new Map<string, Promise<BundleSandbox>>();

  constructor(folder: string, options: HostOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async invoke(name: LocalFunction, event: unknown): Promise<unknown> {
    return (await this.#sandbox(name, environmentOf(name, this.#options))).invoke(event);
  }

  /**
   * Runs a deployment function, which is not in the list of the provider's functions. Its first call sets its
   * variables.
   */
  async invokeDuty(name: string, event: unknown, variables: Readonly<Record<string, string>>): Promise<unknown> {
    const env = { ...awsEnvironment(name, this.#options), ...variables };
    return (await this.#sandbox(name, env)).invoke(event);
  }

  /** Returns the built-in modules that a bundle loaded at its cold start. */
  async builtInsOf(name: LocalFunction): Promise<readonly string[]> {
    return (await this.#sandboxes.get(name))?.builtIns ?? [];
  }

  /** Returns the answers that a function sent to CloudFormation. */
  async answersOf(name: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.#sandboxes.get(name))?.answers ?? [];
  }

  #sandbox(name: string, env: Readonly<Record<string, string>>): Promise<BundleSandbox> {
    const onLog = (line: string) => this.#options.onLog(name as LocalFunction, line);
    const bundle = `${this.#folder}/${name}/index.mjs`;
    // Without this variable nothing is called while the bundle loads. The stand-ins are called by http, for which the SDK
    // loads built-ins that it does not load in AWS.
    const { AWS_LAMBDA_INITIALIZATION_TYPE: _, ...unwarmed } = env;
    const sandbox =
      this.#sandboxes.get(name) ?? BundleSandbox.start({ name, bundle, env: { ...unwarmed, ...this.#trust() }, onLog });
    this.#sandboxes.set(name, sandbox);
    return sandbox;
  }

  async cool(): Promise<void> {
    const sandboxes = await Promise.all(this.#sandboxes.values());
    this.#sandboxes.clear();
    for (const sandbox of sandboxes) sandbox.end();
    if (this.#trustFolder !== undefined) rmSync(this.#trustFolder, { recursive: true });
    this.#trustFolder = undefined;
  }

  /** Writes the file from which a process reads additional trusted certificates when it starts. */
  #trust(): Readonly<Record<string, string>> {
    const { trustedCertificates = [] } = this.#options;
    if (trustedCertificates.length === 0) return {};
    this.#trustFolder ??= mkdtempSync(join(tmpdir(), 'ciba-trust-'));
    const path = join(this.#trustFolder, 'trusted.pem');
    writeFileSync(path, trustedCertificates.join('\n'));
    return { NODE_EXTRA_CA_CERTS: path };
  }
}

class BundleSandbox {
  builtIns: readonly string[] = [];
  readonly answers: Record<string, unknown>[] = [];
  readonly #server: Server;
  #process: ChildProcess | undefined;
  readonly #queue: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  #idle: ServerResponse | undefined;
  #count = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start({ name, bundle, env, onLog }: SandboxOptions): Promise<BundleSandbox> {
    const sandbox = new BundleSandbox();
    await new Promise<void>((resolve) => sandbox.#server.listen(0, '127.0.0.1', resolve));
    const { port } = sandbox.#server.address() as AddressInfo;
    const child = spawn(process.execPath, [BOOTSTRAP, pathToFileURL(bundle).href], {
      env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) onLog(line);
      });
    }
    child.once('exit', (code) => sandbox.#fail(new Error(`the bundle of ${name} ended with ${code}`)));
    sandbox.#process = child;
    return sandbox;
  }

  invoke(event: unknown): Promise<unknown> {
    const id = `bundle-${++this.#count}`;
    return new Promise((resolve, reject) => {
      this.#queue.push({ id, event, resolve, reject });
      this.#hand();
    });
  }

  end(): void {
    this.#process?.removeAllListeners('exit');
    this.#process?.kill();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [id = '', outcome] = (request.url ?? '').split('/').slice(-2);
    if (request.method === 'GET') {
      this.#idle = response;
      return this.#hand();
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(202).end();
    const value = JSON.parse(body);
    if (outcome === 'loaded') this.builtIns = value;
    if (outcome === 'cloudformation') this.answers.push(value);
    const running = this.#running.get(id);
    this.#running.delete(id);
    if (outcome === 'response') running?.resolve(value);
    if (outcome === 'error') running?.reject(new Error(value.errorMessage));
  }

  #hand(): void {
    if (!this.#idle) return;
    const next = this.#queue.shift();
    if (!next) return;
    this.#running.set(next.id, next);
    this.#idle
      .writeHead(200, { 'lambda-runtime-aws-request-id': next.id, 'content-type': 'application/json' })
      .end(JSON.stringify(next.event));
    this.#idle = undefined;
  }

  #fail(error: Error): void {
    for (const invocation of [...this.#queue, ...this.#running.values()]) invocation.reject(error);
  }
}

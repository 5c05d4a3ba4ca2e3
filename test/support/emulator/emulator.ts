import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listenOnLoopback } from '../../../local/runtime/loopback.ts';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { PATIENCE_MILLISECONDS } from '../patience.ts';
import { emulatorPython } from './installation.ts';
import type { EmulatorAddress } from './redirect.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '000000000000';
/** The names of AWS in this region. The emulator serves APIs under `ID.execute-api.DOMAIN`, as AWS does. */
const DOMAIN = `${REGION}.amazonaws.com`;
const SERVE = fileURLToPath(new URL('serve.py', import.meta.url));
const PRELOAD = new URL('preload.ts', import.meta.url).href;
/** Where Node 24 is. */
export const NODE_FOLDER = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));
const TRY_MS = 50;

/** The emulator of AWS that others wrote, running on loopback, with nothing in it. */
export type Emulator = {
  /** The address of all its services. */
  readonly endpoint: string;
  /** Where names of AWS lead, and the certificate to trust there. Only if it was started with TLS. */
  readonly address: EmulatorAddress;
  /** The file with the certificate. */
  readonly certificateFile: string;
  /** What it printed. */
  readonly log: readonly string[];
  close(): Promise<void>;
};

/**
 * Starts the emulator and waits until it is ready. `tls`: it answers at `https://`, under the names of AWS too. It ends
 * with this process, whatever happens to it. Everything that it writes is in a temporary folder.
 */
export async function startEmulator({ tls }: { tls: boolean }): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'ciba-emulator-'));
  const port = await freePort();
  const endpoint = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const { certificateFile, keyFile, certificate } = writeCertificate(folder);
  const variables = {
    ...environmentOf(folder, port),
    ...(tls && {
      USE_SSL: '1',
      MINISTACK_SSL_CERT: certificateFile,
      MINISTACK_SSL_KEY: keyFile,
      // For the functions, which inherit these.
      NODE_EXTRA_CA_CERTS: certificateFile,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      EMULATOR_DOMAIN: DOMAIN,
      EMULATOR_PORT: String(port),
      EMULATOR_CERTIFICATE: certificateFile,
      AWS_ENDPOINT_URL: endpoint,
    }),
  };
  // A process group of its own, so that its functions end with it.
  const python = spawn(emulatorPython(), [SERVE], { env: variables, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const log = collectLines(python);
  const close = async () => {
    await stop(python);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(python, { endpoint, certificate });
  } catch (error) {
    await close();
    throw new Error(`the emulator did not start: ${log.slice(-5).join(' | ')}`, { cause: error });
  }
  return { endpoint, address: { domain: DOMAIN, port, certificate }, certificateFile, log, close };
}

function environmentOf(folder: string, port: number): Record<string, string> {
  return {
    PATH: [NODE_FOLDER, process.env['PATH']].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    S3_DATA_DIR: join(folder, 's3'),
    STATE_DIR: join(folder, 'state'),
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // By default it also listens for IoT devices, on all addresses.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // It would run functions in containers, and remove containers, if it found Docker.
    DOCKER_HOST: `unix://${join(folder, 'no-docker')}`,
    LAMBDA_EXECUTOR: 'local',
    MINISTACK_HOST: DOMAIN,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    MINISTACK_REGION: REGION,
    // On a busy machine a slow answer is no failure.
    AWS_CALL_MILLISECONDS: '20000',
  };
}

function writeCertificate(folder: string) {
  const names = [`*.${DOMAIN}`, `*.execute-api.${DOMAIN}`, '127.0.0.1'];
  const { cert, key } = selfSigned(DOMAIN, new Date(Date.now() + 86_400_000), names);
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  writeFileSync(certificateFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { certificateFile, keyFile, certificate: cert };
}

/** Collects what a process prints, line by line. */
function collectLines({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const input of [stdout, stderr]) if (input) createInterface({ input }).on('line', (line) => lines.push(line));
  return lines;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilReady(python: ChildProcess, at: { endpoint: string; certificate: string }): Promise<void> {
  const givenUpAt = performance.now() + 2 * PATIENCE_MILLISECONDS;
  while (performance.now() < givenUpAt && python.exitCode === null) {
    if (await isReady(at)) return;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  throw new Error(python.exitCode === null ? 'it does not answer' : `it ended with ${python.exitCode}`);
}

function isReady({ endpoint, certificate }: { endpoint: string; certificate: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const url = `${endpoint}/_ministack/ready`;
    const answered = (response: IncomingMessage) => resolve(response.resume().statusCode === 200);
    const sent = endpoint.startsWith('https') ? https.get(url, { ca: certificate }, answered) : http.get(url, answered);
    sent.once('error', () => resolve(false));
  });
}

/** Kills the emulator with its functions. It has nothing to save. */
function stop(python: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (python.exitCode !== null || python.signalCode !== null) return resolve();
    python.once('exit', () => resolve());
    // The end of its input is what serve.py waits for.
    python.stdin?.end();
  });
}

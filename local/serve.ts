import { resolve } from 'node:path';
import { readAcrPolicy } from './acr-policy-file.ts';
import { DemoWorld } from './demo/demo-world.ts';
import { createLocalRoutes } from './demo/local-routes.ts';
import { demoSeed, readSeed } from './demo/seed-file.ts';
import { installation } from './installation.ts';
import { LIMITS_OFF } from './runtime/limits-off.ts';
import { type Runtime, startRuntime } from './runtime/runtime.ts';
import { StartError } from './runtime/start-error.ts';
import { DEFAULT_URL, type StartOptions } from './start-options.ts';
import type { Terminal } from './terminal/terminal.ts';
import { readCertificates } from './tls/certificate-file.ts';

/** How many AWS calls, pushes and audit records are remembered, so that memory stays flat. */
const REMEMBERED = 5_000;
/** DynamoDB sweeps by TTL within days. Here it is soon enough that a long run stays small. */
const SWEEP_MS = 60_000;

/** Starts the runtime, seeds it and prints its addresses. A start that fails leaves nothing running. */
export async function serve(options: StartOptions, terminal: Terminal): Promise<void> {
  const seed = options.seed === undefined ? demoSeed : await readSeed(options.seed);
  const classes = options.acrPolicy === undefined ? {} : { ACR_POLICY: await readAcrPolicy(options.acrPolicy) };
  const limits = { expiryLimit: options.expiryLimit, ...(options.limits === 'off' && LIMITS_OFF) };
  let isReady = false;
  const runtime = await startRuntime({
    port: options.port,
    https: options.https,
    issuer: options.issuer,
    dataFolder: options.data === undefined ? undefined : resolve(options.data),
    dynamodb: options.dynamodb,
    trustedCertificates: trustedIn(options.trustCa),
    variables: { REQUEST_LIMITS: JSON.stringify(limits), NOTIFICATION_NETWORKS: options.callNetworks, ...classes },
    throttles: options.limits === 'off' ? 'off' : undefined,
    remembers: REMEMBERED,
    onEvent: options.events ? (event) => terminal.event(event) : undefined,
    onStep: (step) => terminal.say(`  ${step} …`),
    // The calls that set everything up are no calls of the user's. Their faults are shown.
    onLog: (functionName, line) => {
      if (isReady || !line.includes('"level":"INFO"')) terminal.log(functionName, line);
    },
  });
  try {
    const world = new DemoWorld(runtime);
    runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
    terminal.say(`  creating ${seed.clients.length} clients and ${seed.users.length} users with their phones …`);
    await world.createFrom(seed);
  } catch (error) {
    await runtime.close();
    throw error;
  }
  isReady = true;
  runtime.gateway.onOwnAnswer = terminal.refused;
  setInterval(() => void runtime.sweep(), SWEEP_MS).unref();
  announce(options, runtime, terminal);
  endOnSignal(options, runtime, terminal);
}

function announce({ dynamodb }: StartOptions, { url, plainUrl, secure }: Runtime, { say }: Terminal): void {
  say(`ready ${url}`);
  if (secure) announceTls(plainUrl, secure, say);
  say(`  see a login            ${url}/demo`);
  say(`  the same in a terminal ${installation.loginCommand}`);
  say(`  what clients discover  ${url}/.well-known/openid-configuration`);
  say(`  client, secret, user   ${url}/local/demo`);
  say(`  operate it             ${installation.cibaCommand} --help`);
  if (url !== DEFAULT_URL) say(`  in other terminals     export CIBA_URL=${url}`);
  if (dynamodb === 'dynamodb-local')
    say('  note                   DynamoDB Local listens on all networks of this machine, without a password');
  say('Each call is one line from here on: when, what, who, how it ended.');
}

/** Reads the certificates of --trust-ca. */
function trustedIn(file: string | undefined): readonly string[] {
  const read = file === undefined ? { certificates: [] } : readCertificates(file);
  if ('wrong' in read) throw new StartError(`--trust-ca must name a file of certificates: ${read.wrong}`);
  return read.certificates;
}

/** Says what others have to trust, and how. */
function announceTls(
  plainUrl: string,
  { authority: { path, isNew }, mtlsUrl }: NonNullable<Runtime['secure']>,
  say: Terminal['say'],
): void {
  say(`  its authority          ${path}${isNew ? ' (made just now)' : ''}`);
  say(`  trust it               export NODE_EXTRA_CA_CERTS='${path}'; curl --cacert; more in docs/local.md`);
  if (mtlsUrl !== undefined) say(`  asks for certificates  ${mtlsUrl}`);
  say(`  the same without TLS   ${plainUrl}`);
}

/** Ends the runtime on Ctrl-C, and says what is left of it. */
function endOnSignal({ data }: StartOptions, runtime: Runtime, { say }: Terminal): void {
  const end = async (): Promise<void> => {
    await runtime.close();
    say(
      data === undefined ? 'Stopped. Nothing is kept; --data DIR keeps it.' : `Stopped. Everything is kept in ${data}.`,
    );
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

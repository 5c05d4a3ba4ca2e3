import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The README promises that a login can be seen with few packages. This installs them from the registry into a folder of
// its own, on a machine that has Node 24, and logs in there.

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
/** Node 24 as if the machine had it, and npm, without the packages of this project. */
const env = {
  HOME: process.env['HOME'],
  PATH: `${dirname(process.execPath)}:${(process.env['PATH'] ?? '').replaceAll(/[^:]*node_modules[^:]*:?/g, '')}`,
};
let folder: string;
let provider: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ciba-light-'));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.split('\0').filter((one) => one !== '' && existsSync(join(root, one)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  await run('npm', ['ci', '--omit=dev', '--omit=optional'], { cwd: folder, env });
});
afterAll(async () => {
  const ended = provider && new Promise((resolve) => provider?.once('close', resolve));
  provider?.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the provider of the folder, and returns its address. */
function start(): Promise<string> {
  const args = ['--import', './local/check-node.mjs', 'local/start.ts', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  provider = child;
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /^ready (http:\S+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`exit ${code}: ${output}`)));
  });
}

describe('npm ci --omit=dev --omit=optional', () => {
  it('installs neither the CDK, nor a compiler, nor tools of the tests, nor Node, and is small', async () => {
    const installed = readdirSync(join(folder, 'node_modules'));
    const heavy = ['aws-cdk-lib', 'aws-cdk', 'typescript', '@typescript', '@biomejs', 'vitest', 'esbuild', 'node'];
    expect(installed.filter((name) => heavy.includes(name))).toEqual([]);
    const { stdout } = await run('du', ['-sm', join(folder, 'node_modules')]);
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(60);
  });

  it('is enough to start the provider, log in, run an example and operate it', async () => {
    const url = await start();
    const node = (...args: string[]) => run(process.execPath, args, { cwd: folder, env: { ...env, CIBA_URL: url } });
    expect((await node('local/demo/demo.ts')).stdout).toContain('one login, end to end');
    expect((await node('examples/kiosk.ts', '--answer', 'allow')).stdout).toContain('unlocked');
    expect((await node('cli/ciba.ts', 'client', 'list')).stdout).toContain('call-centre');
    expect((await fetch(`${url}/demo`)).status).toBe(200);
  });
});

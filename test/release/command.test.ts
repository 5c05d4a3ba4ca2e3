import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { nodes } from './support/nodes.ts';
import { cleanEnvironment, Project, packedTarballs, sizeOf } from './support/project.ts';

// The package `serverless-ciba-cli` as an operator uses it: installed outside of this repository, without the CDK.

let project: Project;
let program: string;
let provider: ChildProcess | undefined;

beforeAll(async () => {
  project = new Project({});
  await project.install(packedTarballs().command);
  program = join(project.folder, 'node_modules/serverless-ciba-cli/dist/ciba.mjs');
});
afterEach(async () => {
  const ended = provider && new Promise((resolve) => provider?.once('close', resolve));
  provider?.kill('SIGTERM');
  await ended;
  provider = undefined;
});
afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

/** Starts the local provider of the package. Returns its address, and what it printed until then. */
function up(node: string): Promise<{ url: string; printed: string }> {
  const child = spawn(node, [program, 'up', '--', '--port', '0'], { cwd: project.folder, env: cleanEnvironment() });
  provider = child;
  let printed = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk;
      const url = /^ready (http:\S+)$/m.exec(printed)?.[1];
      if (url !== undefined) resolve({ url, printed });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`exit ${code}: ${printed}`)));
  });
}

describe('the package serverless-ciba-cli', () => {
  it('brings its database and nothing else: no CDK, no SDK, no compiler', () => {
    const names = project.installed();
    expect(names).toContain('dynalite');
    const foreign =
      /^(aws-cdk-lib|aws-cdk|constructs|cdk-nag|esbuild|tsx|typescript|core-js|@aws-sdk\/.*|jose|valibot)$/;
    expect(names.filter((name) => foreign.test(name))).toEqual([]);
    const all = sizeOf(join(project.folder, 'node_modules'));
    const own = sizeOf(join(project.folder, 'node_modules/serverless-ciba-cli'));
    console.log(`serverless-ciba-cli: ${own.bytes} bytes in ${own.files} files; with what it needs ${all.bytes}`);
    expect(all.bytes).toBeLessThan(25_000_000);
  });

  it.each(nodes())('runs a provider on $name, where somebody asks and a phone approves', async ({ program: node }) => {
    const { url, printed } = await up(node);
    expect(printed).not.toMatch(/warning|npm run|npm start/i);
    const ciba = (...args: string[]) => project.run(node, [program, ...args], { CIBA_URL: url });
    await ciba('phone', 'enrol', '--key', 'phone.jwk', '--user', 'ana@example.com');
    const asked = ciba('ask', 'ana@example.com', '--json');
    const waiting = async () => {
      const { requests } = JSON.parse(await ciba('phone', 'list', '--key', 'phone.jwk', '--json'));
      return (requests as { request_id: string }[])[0]?.request_id ?? '';
    };
    await expect.poll(waiting, { interval: 500 }).not.toBe('');
    await ciba('phone', 'approve', await waiting(), '--key', 'phone.jwk');
    expect(JSON.parse(await asked)).toMatchObject({ outcome: 'approved' });
    rmSync(join(project.folder, 'phone.jwk'));
    expect(await ciba('doctor')).toContain('✓ A login');
    const page = await fetch(`${url}/demo`);
    expect(await page.text()).toContain('<!doctype html>');
    expect((await fetch(`${url}/demo/source/lambdas/token/handler.ts`)).status).toBe(200);
    const described = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8'));
    const served = await (await fetch(`${url}/openapi.json`)).json();
    expect(served).toEqual({ ...described, servers: [{ url, description: 'This machine' }] });
  });

  it.each(nodes())('is called ciba: npx finds it in the project, on $name', async ({ program: node }) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const PATH = `${dirname(node)}:${cleanEnvironment()['PATH']}`;
    expect((await project.run('npx', ['--no-install', 'ciba', 'version'], { PATH })).trim()).toBe(`ciba ${version}`);
  });

  it('says in its help only what can be typed where it is installed', async () => {
    const help = await project.run(process.execPath, [program, '--help']);
    expect(help).toContain('Here:  npx ciba NOUN COMMAND');
    expect(help).not.toMatch(/npm (run|start)/);
  });
});

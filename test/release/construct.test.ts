import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { nodes } from './support/nodes.ts';
import { cleanEnvironment, Project, packedTarballs, sha256Of, sizeOf } from './support/project.ts';

// The package `serverless-ciba` as a platform engineer uses it: installed into a CDK app outside of this repository, on
// the oldest and on our Node, in CommonJS and ES modules, in JavaScript and TypeScript.

/** The oldest versions that the package accepts. */
const { peerDependencies } = JSON.parse(
  readFileSync(join(root, 'release/serverless-ciba/package.template.json'), 'utf8'),
);
const PEERS = Object.entries(peerDependencies).map(([name, range]) => `${name}@${String(range).slice(1)}`);
const TYPESCRIPT = ['typescript@5.9.3', '@types/node@20.19.43'];

const BODY = `
const app = new App({ outdir: process.argv[2] });
const env = { account: '123456789012', region: 'eu-central-1' };
const stack = new Stack(app, 'consumer', { env });
const provider = new CibaProvider(stack, 'Ciba');
const other = new CibaProvider(stack, 'Other', { syntheticLogin: 'off' });
const operator = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });
provider.grantAdmin(operator);
const { template } = app.synth().getStackByName('consumer');
const all = Object.entries(template.Resources);
const apis = all.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api').length;
const rights = all.filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith('Operator'));
const actions = rights.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.map(({ Action }) => Action));
console.log(JSON.stringify({ apis, actions, differ: provider.issuer !== other.issuer }));
`;
const TYPED = `import { Stack } from 'aws-cdk-lib';
import { type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CibaProvider, type CibaProviderProps } from 'serverless-ciba';
const props: CibaProviderProps = {};
const issuerOf = (one: CibaProvider): string => one.issuer;
const logins = (one: CibaProvider): Metric => one.metricLogins();
// @ts-expect-error There is no such property.
const wrong: CibaProviderProps = { nonsense: true };
// @ts-expect-error It is a string, so the types are there and not any.
const alsoWrong: number = new CibaProvider(new Stack(), 'Other', props).issuer;
console.error(issuerOf.name, logins.name, wrong, alsoWrong);
`;
const APPS = {
  'app.cjs': `const { App, Stack } = require('aws-cdk-lib');\nconst { AccountRootPrincipal, Role } = require('aws-cdk-lib/aws-iam');\nconst { CibaProvider } = require('serverless-ciba');${BODY}`,
  'app.mjs': `import { App, Stack } from 'aws-cdk-lib';\nimport { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';\nimport { CibaProvider } from 'serverless-ciba';${BODY}`,
};

let tarball: string;
let project: Project;

beforeAll(async () => {
  tarball = packedTarballs().construct;
  project = new Project({
    ...APPS,
    'typed.ts': TYPED,
    'typed.mts': TYPED,
    'same.cjs': `const { CibaProvider } = require('serverless-ciba');
import('serverless-ciba').then((found) => console.log(found.CibaProvider === CibaProvider));\n`,
  });
  await project.install(tarball, ...PEERS, ...TYPESCRIPT);
});
afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

/** Returns the zips of an assembly, by their SHA-256. */
function zipsIn(assembly: string): readonly string[] {
  const names = readdirSync(assembly).filter((name) => name.endsWith('.zip'));
  return names.map((name) => sha256Of(join(assembly, name)));
}

describe('the package serverless-ciba', () => {
  it('brings nothing but itself: no bundler, no SDK, no database, no policy checks', () => {
    const names = project.installed();
    const foreign = names.filter((name) => /^(esbuild|tsx|cdk-nag|dynalite|valibot|fflate|@aws-sdk\/.*)$/.test(name));
    expect(foreign).toEqual([]);
    const own = sizeOf(join(project.folder, 'node_modules/serverless-ciba'));
    console.log(
      `serverless-ciba: ${own.bytes} bytes in ${own.files} files, a tarball of ${readFileSync(tarball).length}`,
    );
    expect(own.bytes).toBeLessThan(3_000_000);
  });

  it.each(nodes())(
    'synthesises two providers on $name, in CommonJS and in ES modules, with the zips of its manifest, and grants',
    async ({ program }) => {
      const manifest = JSON.parse(
        readFileSync(join(project.folder, 'node_modules/serverless-ciba/functions.json'), 'utf8'),
      );
      const known = Object.values<{ sha256: string }>(manifest.functions).map(({ sha256 }) => sha256);
      for (const app of Object.keys(APPS)) {
        const assembly = mkdtempSync(join(tmpdir(), 'ciba-assembly-'));
        const found = JSON.parse(await project.run(program, [app, assembly]));
        expect(found).toEqual({ apis: 2, actions: ['execute-api:Invoke'], differ: true });
        expect(zipsIn(assembly).filter((digest) => known.includes(digest)).length).toBe(zipsIn(assembly).length);
        expect(zipsIn(assembly).length).toBeGreaterThan(10);
        rmSync(assembly, { recursive: true });
      }
    },
  );

  it('brings docs/openapi.json as it is, which an app can ask for by name', async () => {
    const script =
      "process.stdout.write(require('node:fs').readFileSync(require.resolve('serverless-ciba/openapi.json')))";
    const found = await project.run(process.execPath, ['-e', script]);
    expect(found).toBe(readFileSync(join(root, 'docs/openapi.json'), 'utf8'));
  });

  it.each(nodes())('is one class for import and require on $name', async ({ program }) => {
    expect((await project.run(program, ['same.cjs'])).trim()).toBe('true');
  });

  it.each([
    ['node10', 'commonjs', 'typed.ts'],
    ['node16', 'node16', 'typed.ts'],
    ['nodenext', 'nodenext', 'typed.mts'],
    ['bundler', 'esnext', 'typed.ts'],
  ])('has types for moduleResolution %s, also without skipLibCheck', async (resolution, module, file) => {
    const args = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node'];
    const compiler = join(project.folder, 'node_modules/typescript/bin/tsc');
    const options = ['--module', module, '--moduleResolution', resolution, '--skipLibCheck', 'false', file];
    await project.run(process.execPath, [compiler, ...args, ...options]);
  });

  it('writes nothing into node_modules: it synthesises for somebody who may not', async () => {
    const modules = join(project.folder, 'node_modules');
    execFileSync('chmod', ['-R', 'a-w,a+rX', modules]);
    const assembly = mkdtempSync(join(tmpdir(), 'ciba-assembly-'));
    execFileSync('chmod', ['777', assembly]);
    // The superuser may write everywhere, so somebody else runs it.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { status, stderr } = spawnSync(process.execPath, ['app.cjs', assembly], {
      cwd: project.folder,
      env: { ...cleanEnvironment(), HOME: assembly },
      encoding: 'utf8',
      ...nobody,
    });
    execFileSync('chmod', ['-R', 'u+w', modules]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(zipsIn(assembly).length).toBeGreaterThan(10);
    rmSync(assembly, { recursive: true });
  });
});

describe("Yarn's Plug'n'Play", () => {
  let other: Project;
  let tool: Project;
  beforeAll(async () => {
    tool = new Project({});
    await tool.install('@yarnpkg/cli-dist@4.18.1');
    // A dependency that aws-cdk-lib has within itself. Yarn looks for it at the registry, which may not have it.
    const bundled = join(project.folder, 'node_modules/aws-cdk-lib/node_modules/@aws/cloudformation-validate');
    const dependencies = Object.fromEntries(
      PEERS.map((peer) => [peer.slice(0, peer.lastIndexOf('@')), peer.slice(peer.lastIndexOf('@') + 1)]),
    );
    other = new Project({
      'package.json': JSON.stringify({
        name: 'consumer',
        private: true,
        resolutions: { '@aws/cloudformation-validate': `file:${bundled}` },
        dependencies: { 'serverless-ciba': `file:${tarball}`, ...dependencies },
      }),
      '.yarnrc.yml':
        'nodeLinker: pnp\nenableGlobalCache: false\nenableTelemetry: false\nenableImmutableInstalls: false\n',
      ...APPS,
    });
  });
  afterAll(() => {
    for (const { folder } of [other, tool]) rmSync(folder, { recursive: true, force: true });
  });

  it('finds the zips within the zip of the package, which stays packed', async () => {
    const yarn = join(tool.folder, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
    await other.run(process.execPath, [yarn, 'install']);
    const assembly = mkdtempSync(join(tmpdir(), 'ciba-assembly-'));
    await other.run(process.execPath, [yarn, 'node', 'app.cjs', assembly]);
    expect(zipsIn(assembly).length).toBeGreaterThan(10);
    expect(readdirSync(other.folder)).not.toContain('node_modules');
    rmSync(assembly, { recursive: true });
  });
});

import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundleFunctions, deployedNames } from '../../../infra/functions/bundles.ts';
import { makeSoftwareBills } from '../../../infra/software-bill/make-software-bills.ts';
import {
  billOfFiles,
  billOfNeeded,
  packagesOf,
  type SoftwareBill,
  stableBill,
  withoutOptionalPeers,
} from '../../../infra/software-bill/software-bill.ts';
import { root } from '../../support/code-blocks.ts';

const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const folder = bundleFunctions();
const bills = makeSoftwareBills();
const refsIn = ({ components }: SoftwareBill) => components.map((one) => one['bom-ref']);

describe('the bill of what is deployed', () => {
  const { components, dependencies } = bills.functions;

  it('has each file of each function, by its hash', () => {
    const deployed = globSync('**/*.mjs', { cwd: folder }).map((file) => file.replaceAll('\\', '/'));
    const files = components.filter(({ type }) => type === 'file');
    expect(files.map(({ name }) => name).toSorted()).toEqual(
      expect.arrayContaining(deployedNames.map((name) => `${name}/index.mjs`)),
    );
    expect(deployed).toEqual(expect.arrayContaining(files.map(({ name }) => name)));
    for (const { name, hashes } of files) {
      const content = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      expect(hashes).toEqual([{ alg: 'SHA-256', content }]);
    }
  });

  it('has every package that is in a file, and says in which', () => {
    const { outputs } = json('dist/source-maps/meta.json') as Metafile;
    for (const [path, { inputs }] of Object.entries(outputs).filter(([one]) => one.endsWith('.mjs'))) {
      const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      const names = used.flatMap(([input]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
      const own = dependencies.find(({ ref }) => path.endsWith(ref.replace('function:', 'functions/')));
      const told = own?.dependsOn?.map((ref) => ref.slice(0, ref.lastIndexOf('@'))) ?? [];
      expect([path, [...new Set(told)].toSorted()]).toEqual([path, [...new Set(names)].toSorted()]);
    }
  });

  it('names each package with version, package URL, license and the hash of package-lock.json', () => {
    const lock = json('package-lock.json').packages;
    const packages = components.filter(({ type }) => type !== 'file');
    expect(packages.length).toBeGreaterThan(20);
    for (const { name, version, purl, hashes, licenses } of packages) {
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
      expect(licenses).toHaveLength(1);
      const [algorithm, base64 = ''] = lock[`node_modules/${name}`].integrity.split('-');
      expect([version, algorithm]).toEqual([lock[`node_modules/${name}`].version, 'sha512']);
      expect(hashes).toEqual([{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }]);
    }
  });
});

describe('the bill of the construct', () => {
  const refs = refsIn(bills.construct);
  const names = refs.map((ref) => ref.slice(0, ref.lastIndexOf('@')));

  it('has the dependencies of package.json, and what the CDK app loads', () => {
    const { dependencies, devDependencies } = json('package.json');
    const sources = globSync('infra/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
    const imports = sources.flatMap((text) => [...text.matchAll(/ from '((?:@[^/']+\/)?[^./'][^/']*)/g)]);
    const loaded = imports
      .map(([, name = '']) => name)
      .filter((name) => name in { ...dependencies, ...devDependencies });
    expect(new Set(loaded)).toEqual(new Set(['aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', 'fflate', 'valibot']));
    for (const name of [...Object.keys(dependencies), ...loaded, 'aws-cdk', 'node']) expect(names).toContain(name);
  });

  it('has all that these need, and nothing else', () => {
    for (const { dependsOn = [] } of bills.construct.dependencies)
      expect(refs).toEqual(expect.arrayContaining(dependsOn));
    const asked = new Set(bills.construct.dependencies.flatMap(({ dependsOn = [] }) => dependsOn));
    expect(refs.filter((ref) => !asked.has(ref))).toEqual([]);
    for (const name of ['vitest', 'typescript', '@biomejs/biome', 'playwright-core']) expect(names).not.toContain(name);
    // Needed by a dependency of development too, which npm's own option would leave out.
    expect(names).toContain('@smithy/core');
  });
});

describe.each(Object.entries(bills))('the bill %s', (_name, bill) => {
  it('has the form of CycloneDX 1.5', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    const refs = [bill.metadata.component['bom-ref'], ...refsIn(bill)];
    expect(new Set(refs).size).toBe(refs.length);
    for (const { ref, dependsOn = [] } of bill.dependencies)
      expect([ref, ...dependsOn].filter((one) => !refs.includes(one))).toEqual([]);
    const digits = { 'SHA-256': 64, 'SHA-512': 128, 'SHA-1': 40 };
    for (const { alg, content } of bill.components.flatMap(({ hashes = [] }) => hashes))
      expect(content).toMatch(new RegExp(`^[a-f0-9]{${digits[alg as keyof typeof digits]}}$`));
  });

  it('is the same each time it is made, in whatever folder', () => {
    expect(bill).not.toHaveProperty('serialNumber');
    expect(bill.metadata).not.toHaveProperty('timestamp');
    expect(bill.metadata.component.name).toBe('serverless-ciba');
    expect(refsIn(bill)).toEqual(refsIn(bill).toSorted());
  });
});

it('two runs write the same bytes', () => {
  expect(JSON.stringify(makeSoftwareBills())).toBe(JSON.stringify(bills));
});

describe('a bill', () => {
  const part = (name: string, more: object = {}) => ({
    'bom-ref': `${name}@1`,
    type: 'library',
    name,
    version: '1',
    ...more,
  });
  const whole: SoftwareBill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: 'urn:uuid:1',
    metadata: { timestamp: '2026-01-01T00:00:00Z', component: part('folder') },
    components: [part('b'), part('a'), part('tool')],
    dependencies: [
      { ref: 'tool@1', dependsOn: ['a@1', 'b@1'] },
      { ref: 'b@1', dependsOn: ['a@1'] },
      { ref: 'folder@1', dependsOn: ['tool@1', 'b@1'] },
    ],
  };

  it('is freed of what differs from run to run', () => {
    const { metadata, components, ...rest } = stableBill(whole, 'project');
    expect(rest).not.toHaveProperty('serialNumber');
    expect(metadata).toEqual({ component: { ...part('folder'), name: 'project' } });
    expect(components.map(({ name }) => name)).toEqual(['a', 'b', 'tool']);
  });

  it('has what the named packages need, however far away, and nothing that only others need', () => {
    const { components, dependencies } = billOfNeeded(whole, ['b']);
    expect(components.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(dependencies).toEqual([
      { ref: 'b@1', dependsOn: ['a@1'] },
      { ref: 'folder@1', dependsOn: ['b@1'] },
    ]);
    expect(() => billOfNeeded(whole, ['a'])).toThrow('package.json does not name a');
  });

  it('has no optional peer, which a package can do without', () => {
    const folders = { 'node_modules/tool': { version: '1', peerDependenciesMeta: { a: { optional: true } } } };
    const { dependencies } = withoutOptionalPeers(whole, { name: 'project', packages: folders });
    expect(dependencies[0]).toEqual({ ref: 'tool@1', dependsOn: ['b@1'] });
    expect(dependencies.slice(1)).toEqual(whole.dependencies.slice(1));
  });

  it('refuses a file with a package that npm does not know', () => {
    const file = (packages: string[]) => [{ path: 'token/index.mjs', digest: '00', packages }];
    expect(refsIn(billOfFiles(whole, file(['a@1'])))).toEqual(['a@1', 'function:token/index.mjs']);
    expect(() => billOfFiles(whole, file(['a@2']))).toThrow('npm knows no a@2');
  });

  it('tells a package from another version of it that is installed below another package', () => {
    const versions = {
      'node_modules/a': '1',
      'node_modules/@scope/b': '2',
      'node_modules/@scope/b/node_modules/a': '3',
    };
    const packages = Object.fromEntries(Object.entries(versions).map(([path, version]) => [path, { version }]));
    const inputs = [
      'provider/core/result.ts',
      'node_modules/a/index.js',
      '../elsewhere/node_modules/@scope/b/dist/x.js',
      'node_modules/@scope/b/node_modules/a/index.js',
    ];
    expect(packagesOf(inputs, { name: 'project', packages })).toEqual(['@scope/b@2', 'a@1', 'a@3']);
    expect(() => packagesOf(['node_modules/c/index.js'], { name: 'project', packages })).toThrow(
      'no version of node_modules/c',
    );
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { notesOf, objectionsTo, type Release } from './change-log.ts';

// `npm run release`: checks everything that a release promises, and ends with what is to be published, in dist/release. It
// publishes nothing and makes no tag. `npm run release -- --check` only says what is missing.

const root = fileURLToPath(new URL('../../', import.meta.url));
const output = join(root, 'dist/release');
/** Audit, types, lint, all tests; the tests of the release build twice, install the packages, and compare templates. */
const CHECKS: readonly (readonly string[])[] = [
  ['node', '.ci/audit.mjs'],
  ['npm', 'test'],
  ['npm', 'run', 'test:release'],
  ['npm', 'run', 'packages'],
];

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function git(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function passes([command = '', ...args]: readonly string[]): boolean {
  console.log(`\n▸ ${[command, ...args].join(' ')}`);
  const env = { ...process.env, CI: 'true' };
  return spawnSync(command, args, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/** Puts what is published side by side: the tarballs, their checksums, the bills of materials, and the notes. */
function collect({ version, changeLog }: Release): void {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const packages = join(root, 'dist/packages');
  for (const file of readdirSync(packages)) cpSync(join(packages, file), join(output, file));
  for (const file of readdirSync(packages).filter((one) => one.endsWith('.tgz'))) {
    const args = ['xzOf', join(packages, file), 'package/sbom.cdx.json'];
    const { stdout } = spawnSync('tar', args, { maxBuffer: 16 * 1024 ** 2 });
    writeFileSync(join(output, file.replace(/\.tgz$/, '.cdx.json')), stdout);
  }
  writeFileSync(join(output, 'NOTES.md'), `${notesOf(changeLog, version)}\n`);
}

function main(): boolean {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const { version: lockedVersion } = JSON.parse(read('package-lock.json')) as { version: string };
  const release: Release = {
    version,
    lockedVersion,
    changeLog: read('CHANGELOG.md'),
    tags: git('tag', '--list').split('\n'),
    status: git('status', '--porcelain'),
  };
  const objections = objectionsTo(release);
  for (const objection of objections) console.error(`✗ ${objection}`);
  if (objections.length > 0) return false;
  if (process.argv.includes('--check')) return true;
  if (!CHECKS.every(passes)) return false;
  collect(release);
  console.log(`\nVersion ${version} is in dist/release. docs/releasing.md says how to tag and publish it.`);
  return true;
}

process.exitCode = main() ? 0 : 1;

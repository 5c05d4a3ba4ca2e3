import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../support/code-blocks.ts';

const run = promisify(execFile);
const MAX_BUFFER = 64 * 1024 ** 2;

/** The tarballs of this version, which are made once. */
export function packedTarballs(): { readonly construct: string; readonly command: string } {
  execFileSync(process.execPath, ['release/build/packages.ts'], { cwd: root, stdio: 'pipe' });
  const folder = join(root, 'dist/packages');
  const tarball = (start: RegExp) => join(folder, readdirSync(folder).find((file) => start.test(file)) ?? 'none');
  return { construct: tarball(/^serverless-ciba-\d/), command: tarball(/^serverless-ciba-cli-\d/) };
}

/** A project of somebody who installs packages, outside of this repository. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'ciba-project-'));

  constructor(files: Readonly<Record<string, string>>) {
    // Whoever runs a program in a project may read it.
    chmodSync(this.folder, 0o755);
    this.write({ 'package.json': '{"name":"consumer","version":"1.0.0","private":true}\n', ...files });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(this.folder, file), text);
  }

  /** Installs packages with npm: tarballs, or names with versions. */
  async install(...packages: readonly string[]): Promise<void> {
    await run('npm', ['install', '--no-audit', '--no-fund', ...packages], {
      cwd: this.folder,
      env: cleanEnvironment(),
    });
  }

  /** Runs a program in the project, and returns what it prints. */
  async run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const options = { cwd: this.folder, env: { ...cleanEnvironment(), ...env }, maxBuffer: MAX_BUFFER };
    const failed = (error: Error & { stdout?: string }) => {
      throw new Error(`${error.message}\n${error.stdout ?? ''}`);
    };
    return (await run(program, [...args], options).catch(failed)).stdout;
  }

  /** Returns the names of all packages that are installed, however deep. */
  installed(): readonly string[] {
    const lock = JSON.parse(readFileSync(join(this.folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, unknown>>;
    };
    return Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ''));
  }
}

/** Returns the environment without what npm scripts and tests of this repository add. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(npm_|NODE_(?!EXTRA_CA_CERTS$)|TEST_|VITEST|CIBA_|INIT_CWD)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: [...path, dirname(process.execPath)].join(':') };
}

/** Returns the size of all files of a folder, in bytes, and how many there are. */
export function sizeOf(folder: string): { readonly bytes: number; readonly files: number } {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = all.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { bytes, files: all.length };
}

/** Returns the SHA-256 of a file, in hexadecimal digits. */
export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/code-blocks.ts';

/** The oldest version that the packages support. */
const OLDEST = '20.20.2';

/** The programs of Node that the packages are tried with, by their names. */
export function nodes(): readonly { readonly name: string; readonly program: string }[] {
  return [
    { name: `Node ${OLDEST}`, program: oldestNode() },
    { name: `Node ${process.versions.node}`, program: process.execPath },
  ];
}

/** Returns the oldest Node, from the npm package that the package `node` installs on this system. Fetches it once. */
export function oldestNode(): string {
  const folder = join(root, 'node_modules/.cache/node', OLDEST);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `${name}@${OLDEST}`], { cwd: folder, stdio: 'pipe' });
  return program;
}

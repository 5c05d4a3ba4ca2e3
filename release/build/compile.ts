import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

/** Runs the compiler on a project. Throws with what it says if it is not content. */
export function compile(project: string, ...options: readonly string[]): void {
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(compiler, ['-p', project, ...options], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${project}: ${stdout}`);
}

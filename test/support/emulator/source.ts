import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A source tree of this project. */
export type Source = { readonly folder: string };

export const thisSource: Source = { folder: ROOT };

/** The commit that an update starts from. Without one, `why` says the reason. */
export type PreviousCommit =
  | { readonly commit: string; readonly why: undefined }
  | { readonly commit: undefined; readonly why: string };

/** Finds the newest release before this commit, or else the commit before. It must work with the packages that are here. */
export function findPreviousCommit(): PreviousCommit {
  const release = git('describe', '--tags', '--abbrev=0', '--match=v*', 'HEAD~1');
  const parent = git('rev-parse', '--short=12', 'HEAD~1');
  const known = [release, parent].flatMap((commit) => commit ?? []);
  if (known.length === 0) return { commit: undefined, why: 'git finds no commit before this one' };
  const commit = known.find((one) => lockOf(one) === lockOf('HEAD'));
  return commit === undefined ? { commit, why: 'the commit before has other packages' } : { commit, why: undefined };
}

/** Writes the files of a commit into a new folder. They use the packages of this checkout. */
export function extractSource(commit: string, parent: string): Source {
  const folder = join(parent, `source-${commit}`);
  mkdirSync(folder);
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { folder };
}

/** Identifies the list of packages of a commit. */
function lockOf(commit: string): string | undefined {
  return git('rev-parse', `${commit}:package-lock.json`);
}

/** What git prints. Undefined if it refuses, or if this is no checkout. */
function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

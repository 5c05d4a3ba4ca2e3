import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** How a conventional commit says that it breaks something. */
const BREAKING = /^\w+(\([^)]*\))?!:|^BREAKING CHANGE/m;

/** Finds the newest release before this commit, or else the commit before. */
export function findPreviousCommit(): PreviousCommit {
  const release = git('describe', '--tags', '--abbrev=0', '--match=v*', 'HEAD~1');
  const parent = git('rev-parse', '--short=12', 'HEAD~1');
  const known = [release, parent].flatMap((commit) => commit ?? []);
  const fitting = known.find((commit) => obstacleTo(commit, release) === undefined);
  if (fitting !== undefined) return { commit: fitting, why: undefined };
  const [why = 'git finds no commit before this one'] = known.flatMap((commit) => obstacleTo(commit, release) ?? []);
  return { commit: undefined, why };
}

/**
 * Why an update can't start from a commit: the packages that are here do not fit it, or what it stored need not be
 * readable. Before the first release a change marked as breaking may do that.
 */
function obstacleTo(commit: string, release: string | undefined): string | undefined {
  if (lockOf(commit) !== lockOf('HEAD')) return `${commit} has other packages`;
  const since = git('log', '--format=%B', `${commit}..HEAD`) ?? '';
  return release === undefined && BREAKING.test(since) ? `a change since ${commit} is marked as breaking` : undefined;
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

/** What a deployment is made of. */
const DEPLOYED = ['cdk.json', 'package.json', 'tsconfig.json', 'infra', 'lambdas', 'local', 'provider'];

/** A token endpoint that refuses each call. A smoke test takes that as final, while it would wait at a fault. */
const BROKEN_TOKEN = `export const handler = async () => ({
  statusCode: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: 'invalid_grant', error_description: 'broken on purpose' }),
});
`;

/** Copies this source with a token endpoint that refuses each call. */
export function copyWithBrokenToken(parent: string): Source {
  const folder = join(parent, 'source-broken');
  for (const name of DEPLOYED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'lambdas/token/handler.ts'), BROKEN_TOKEN);
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

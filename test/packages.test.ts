import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { below, type Source, sources } from './support/sources.ts';

// What package.json promises to whoever installs this project without its development dependencies: the provider on one
// machine, its demo, the command and the examples run. A deployment needs all packages, the CDK among them.

type Packages = Readonly<Record<string, string>>;
type Manifest = {
  readonly dependencies: Packages;
  readonly devDependencies: Packages;
  readonly optionalDependencies: Packages;
};

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));
const manifest: Manifest = read('package.json');
const byPath = new Map(sources.map((source) => [source.path, source]));

/** The programs, and what they load by a path that they make themselves: the functions and the worker of one. */
const PROGRAMS = [
  ...['local/start.ts', 'local/demo/demo.ts', 'cli/ciba.ts', 'local/runtime/function-worker.ts'],
  ...below('examples').map(({ path }) => path),
  ...below('lambdas').flatMap(({ path }) => (path.endsWith('/handler.ts') ? [path] : [])),
];

/** Follows the imports of a program, and returns the packages that it loads at run time. Types are gone then. */
function loadedBy(program: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const follow = ({ imports }: Source): void => {
    for (const { target, isType } of imports) {
      if (isType || target.startsWith('node:') || seen.has(target)) continue;
      seen.add(target);
      const file = byPath.get(target);
      const name = /^(@[^/]+\/)?[^/]+/.exec(target)?.[0];
      if (file) follow(file);
      else if (name !== undefined) packages.add(name);
    }
  };
  const first = byPath.get(program);
  if (!first) throw new Error(`There is no file ${program}.`);
  follow(first);
  return [...packages].sort();
}

describe('the packages', () => {
  it.each(PROGRAMS)('that %s loads are dependencies: it runs without development dependencies', (program) => {
    expect(loadedBy(program).filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  it('that no program loads are development dependencies, so that a light installation has none of them', () => {
    const loaded = PROGRAMS.flatMap(loadedBy);
    expect(Object.keys(manifest.dependencies).filter((name) => !loaded.includes(name))).toEqual([]);
  });

  it('that are optional are Node alone, which a machine with Node 24 can leave out', () => {
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['node']);
  });

  it('are the same in package-lock.json, where none that a program loads is marked as one for development', () => {
    const { packages } = read('package-lock.json') as {
      packages: Readonly<Record<string, Partial<Manifest> & { dev?: boolean }>>;
    };
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    expect(packages['']).toMatchObject({ dependencies, devDependencies, optionalDependencies });
    const names = Object.keys(dependencies);
    expect(names.filter((name) => packages[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);
  });
});

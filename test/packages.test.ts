import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { below } from './support/sources.ts';

// What package.json promises to whoever installs this project without its development dependencies.

type Packages = Readonly<Record<string, string>>;
type Manifest = { readonly dependencies: Packages; readonly devDependencies: Packages };

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));
const manifest: Manifest = read('package.json');
const SHIPPED = ['lambdas', 'provider', 'infra', 'local', 'cli'];

/** The name of the package that an import names, without a path inside it. Undefined for Node's own and our own files. */
function packageOf(target: string): string | undefined {
  if (/^(node:|(lambdas|provider|infra|local|cli)\/)/.test(target)) return undefined;
  return /^(@[^/]+\/)?[^/]+/.exec(target)?.[0];
}

/** The packages that the files below a folder load at run time. Types are gone then. */
function loadedBelow(folder: string): readonly string[] {
  const loaded = below(folder).flatMap(({ imports }) => imports.filter(({ isType }) => !isType));
  return [...new Set(loaded.flatMap(({ target }) => packageOf(target) ?? []))].sort();
}

describe('the packages', () => {
  it.each(SHIPPED)('that %s/ loads are dependencies: without development dependencies it still starts', (folder) => {
    expect(loadedBelow(folder).filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  it('that nothing shipped loads are development dependencies', () => {
    const loaded = SHIPPED.flatMap(loadedBelow);
    expect(Object.keys(manifest.dependencies).filter((name) => !loaded.includes(name))).toEqual([]);
  });

  it('are the same in package-lock.json, where none that is shipped is marked as one for development', () => {
    const { packages } = read('package-lock.json') as {
      packages: Readonly<Record<string, Partial<Manifest> & { dev?: boolean }>>;
    };
    expect(packages['']).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
    const names = Object.keys(manifest.dependencies);
    expect(names.filter((name) => packages[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);
  });
});

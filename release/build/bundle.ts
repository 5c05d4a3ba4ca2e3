import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { PackageFile } from './tarball.ts';

/** The folder of this repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A file of a bundle with the paths of what went into it, relative to the root. */
export type Output = PackageFile & { readonly inputs: readonly string[] };

/** Modules in the place of others, both by their paths from the root. */
type Replacements = Readonly<Record<string, string>>;

type BundleOptions = Pick<BuildOptions, 'format' | 'external' | 'splitting' | 'banner' | 'inject' | 'minifySyntax'> & {
  /** The paths of the modules with which the program starts, by the names of the files that are made. */
  readonly entries: Readonly<Record<string, string>>;
  readonly replacements: Replacements;
  readonly extension: '.js' | '.mjs';
};

/**
 * Bundles programs for Node 20. A module that finds files beside itself, by `import.meta.url`, finds others in a package:
 * every such module is replaced, and one that is not is an error.
 */
export async function bundle({ entries, replacements, extension, ...options }: BundleOptions): Promise<Output[]> {
  const replaced = new Set<string>();
  const { outputFiles, metafile, warnings } = await build({
    ...options,
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)])),
    outdir: 'out',
    outExtension: { '.js': extension },
    chunkNames: '[name]-[hash]',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    // Comments name the path of each module. Where `node_modules` is a link, that is the path in this folder all the same.
    preserveSymlinks: true,
    mainFields: ['module', 'main'],
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { target: 'es2024' } },
    plugins: [replacing(replacements, replaced)],
  });
  const unused = Object.keys(replacements).filter((path) => !replaced.has(path));
  if (unused.length > 0) throw new Error(`nothing imports ${unused.join(', ')}, which the package would replace`);
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  refuseOwnAddresses(Object.keys(metafile.inputs), Object.values(replacements));
  return outputFiles.map(({ path, contents }) => ({
    path: basename(path),
    content: contents,
    inputs: usedInputs(metafile.outputs[relative(ROOT, path)]?.inputs ?? {}),
  }));
}

function usedInputs(inputs: Readonly<Record<string, { bytesInOutput: number }>>): readonly string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
}

function replacing(replacements: Replacements, replaced: Set<string>): Plugin {
  return {
    name: 'replacements',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, importer }) => {
        const target = relative(ROOT, join(resolveDir, path)).replaceAll('\\', '/');
        const other = replacements[target];
        if (other === undefined || relative(ROOT, importer) === other) return undefined;
        replaced.add(target);
        return { path: join(ROOT, other) };
      });
    },
  };
}

/** Refuses modules of our own that find files by their own address, which is another one in a package. */
function refuseOwnAddresses(inputs: readonly string[], replacements: readonly string[]): void {
  const ours = inputs.filter((path) => !path.includes('node_modules/') && !replacements.includes(path));
  const found = ours.filter((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return text.replaceAll('createRequire(import.meta.url)', '').includes('import.meta');
  });
  if (found.length > 0)
    throw new Error(`${found.join(', ')}: finds files by its own address. Give the package another module for it.`);
}

/** Reads a text of this repository. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

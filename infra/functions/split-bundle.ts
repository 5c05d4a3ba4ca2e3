import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, type OutputFile } from 'esbuild';

/** The files of a bundle, and which modules are in them. */
export type Bundle = { readonly outputFiles: readonly OutputFile[]; readonly metafile: Metafile };

type SplitOptions = BuildOptions & {
  /** The root, from which paths in the list of modules are. */
  readonly absWorkingDir: string;
  readonly handler: string;
  /** The folder of the bundle. */
  readonly outdir: string;
  /** A folder for what the first pass makes. */
  readonly parts: string;
};

/**
 * Bundles a function in several files: what `import()` names is loaded when a call needs it.
 *
 * What such a file shares with another one, esbuild puts into a file of its own, one for each group of files that share
 * something. Each would be loaded at every cold start, which takes 0.4 ms for each. So there are two passes. In the
 * second one, each file that is loaded on demand imports all that `index.mjs` loads at once. All of them then share the
 * same, and it is in one file, whose name begins with `chunk`.
 */
export function splitBundle({ handler, parts, outdir, ...options }: SplitOptions): Bundle {
  const first = buildSync({
    ...options,
    minify: false,
    minifySyntax: true,
    splitting: true,
    write: false,
    entryPoints: { index: handler },
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir: parts,
    sourcemap: 'inline',
    metafile: true,
  });
  const { outputs } = first.metafile;
  const pathOf = (file: string) => join(options.absWorkingDir, file);
  const index = Object.keys(outputs).find((file) => basename(file) === 'index.mjs') ?? '';
  const atStart = reachedFrom([index], outputs, ['import-statement']);
  const onDemand = reachedFrom([index], outputs, ['dynamic-import', 'import-statement']).filter((file) =>
    Object.values(outputs).some(({ imports }) => imports.some((one) => isDynamic(one) && one.path === file)),
  );
  const shared = atStart.filter((file) => file !== index).map((file) => `import './${basename(file)}';`);
  const isOnDemand = new Set(onDemand.map(pathOf));
  for (const { path, text } of first.outputFiles)
    replace(path, isOnDemand.has(path) ? `${shared.join('')}${text}` : text);
  // The package of this repository says that no module does anything when it is loaded. Then such imports would be left out.
  replace(join(parts, 'package.json'), '{}\n');
  const second = buildSync({
    ...options,
    splitting: true,
    write: false,
    entryPoints: Object.fromEntries([index, ...onDemand].map((file) => [nameOf(file), pathOf(file)])),
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir,
    sourcemap: 'external',
    metafile: true,
  });
  return { outputFiles: second.outputFiles, metafile: withModules(first.metafile, second.metafile) };
}

type Outputs = Metafile['outputs'];
type FileImport = Outputs[string]['imports'][number];

const isDynamic = ({ kind, external }: FileImport) => kind === 'dynamic-import' && !external;

/** Returns files and all that they import in one of these ways, directly or through others. */
function reachedFrom(files: readonly string[], outputs: Outputs, kinds: readonly string[]): readonly string[] {
  const reached = new Set(files);
  for (const file of reached)
    for (const { path, kind, external } of outputs[file]?.imports ?? [])
      if (!external && kinds.includes(kind)) reached.add(path);
  return [...reached];
}

/** Returns the name of the module that a file of the first pass was made for: without the hash and the extension. */
function nameOf(file: string): string {
  return basename(file).replace(/(-[A-Z0-9]{8})?\.mjs$/, '');
}

/** Returns what is in the files of the second pass, by the modules of the sources in place of the files of the first. */
function withModules(first: Metafile, second: Metafile): Metafile {
  const outputs = Object.entries(second.outputs).map(([path, output]) => {
    const inputs = Object.keys(output.inputs).map((part) => first.outputs[part]?.inputs);
    return [path, { ...output, inputs: Object.assign({}, ...inputs) }] as const;
  });
  return { inputs: first.inputs, outputs: Object.fromEntries(outputs) };
}

/** Writes a file, if its content is another one. Other processes may read or write it at the same time. */
export function replace(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

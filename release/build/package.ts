import { readMetafile } from '../../infra/functions/bundles.ts';
import type { FunctionManifest } from '../../provider/core/operating/function-manifest.ts';
import { billOf, type Made } from './bill.ts';
import { textOf } from './bundle.ts';
import { thirdPartyLicences } from './licences.ts';
import { type PackageFile, tarball } from './tarball.ts';

/** A package as it is made. */
export type Package = {
  /** The folder of its `package.json` and `README.md`, from the root. */
  readonly folder: string;
  readonly version: string;
  /** The files that contain packages of others. */
  readonly made: readonly Made[];
  readonly others: readonly PackageFile[];
  readonly manifest: FunctionManifest;
};

/** A tarball under its name. */
export type Tarball = { readonly file: string; readonly content: Uint8Array };

/** Returns the paths of what is in the bundle of a function, which `functions/<name>.zip` has. */
export function functionInputs(zip: string): readonly string[] {
  const folder = `dist/${zip.slice(0, -'.zip'.length)}/`;
  return Object.entries(readMetafile().outputs).flatMap(([path, { inputs }]) =>
    path.startsWith(folder)
      ? Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : []))
      : [],
  );
}

/** Adds what every package has. */
export function packageFiles(files: readonly PackageFile[]): readonly PackageFile[] {
  return [...files, { path: 'LICENSE', content: textOf('LICENSE') }];
}

/** Packs a package, with its licences, bill of materials and manifest. */
export function pack({ folder, version, made, others, manifest }: Package): Tarball {
  const { name, ...rest } = JSON.parse(textOf(`${folder}/package.template.json`)) as { readonly name: string };
  const files: readonly PackageFile[] = [
    ...made,
    ...others,
    { path: 'package.json', content: lines({ name, ...rest, version }) },
    { path: 'README.md', content: textOf(`${folder}/README.md`) },
    { path: 'THIRD-PARTY-LICENSES', content: thirdPartyLicences(made.flatMap(({ inputs }) => inputs)) },
    { path: 'functions.json', content: lines(manifest) },
    { path: 'sbom.cdx.json', content: lines(billOf({ name, version, made })) },
  ];
  return { file: `${name}-${version}.tgz`, content: tarball(files) };
}

function lines(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

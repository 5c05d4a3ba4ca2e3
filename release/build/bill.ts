import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { lockFile, packagesOf, type SoftwareBill } from '../../infra/software-bill/software-bill.ts';
import { textOf } from './bundle.ts';
import type { PackageFile } from './tarball.ts';

const lock = v.parse(lockFile, JSON.parse(textOf('package-lock.json')));
const lockedPackage = v.looseObject({ version: v.string(), license: v.string(), integrity: v.string() });

/** A file of a package, and the paths of what went into it. */
export type Made = PackageFile & { readonly inputs: readonly string[] };
/** A package that is released. */
export type Released = { readonly name: string; readonly version: string; readonly made: readonly Made[] };

/**
 * Makes the software bill of materials of a package, in the form of CycloneDX 1.5: its programs and functions, and what
 * is bundled in each. It is made from `package-lock.json` alone, so every npm makes the same.
 */
export function billOf({ name, version, made }: Released): SoftwareBill {
  const root = `${name}@${version}`;
  const parts = made.map((file) => ({ ref: `file:${file.path}`, file, packages: packagesOf(file.inputs, lock) }));
  const refs = [...new Set(parts.flatMap(({ packages }) => packages))].sort();
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        'bom-ref': root,
        type: 'library',
        name,
        version,
        purl: `pkg:npm/${root}`,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: [...parts.map(({ ref, file }) => fileComponent(ref, file)), ...refs.map(packageComponent)],
    dependencies: [
      { ref: root, dependsOn: parts.map(({ ref }) => ref) },
      ...parts.map(({ ref, packages }) => ({ ref, dependsOn: [...packages] })),
      ...refs.map((ref) => ({ ref })),
    ],
  };
}

function fileComponent(ref: string, { path, content }: PackageFile) {
  const digest = createHash('sha256').update(content).digest('hex');
  return { 'bom-ref': ref, type: 'file', name: path, hashes: [{ alg: 'SHA-256', content: digest }] };
}

function packageComponent(ref: string) {
  const name = ref.slice(0, ref.lastIndexOf('@'));
  const { version, license, integrity } = v.parse(lockedPackage, lockedAs(ref));
  const [algorithm, digest = ''] = integrity.split('-');
  if (algorithm !== 'sha512') throw new Error(`package-lock.json has no SHA-512 of ${ref}`);
  return {
    'bom-ref': ref,
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [license.includes(' ') ? { expression: license } : { license: { id: license } }],
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
  };
}

/** Returns what package-lock.json says of `name@version`, which may be installed in several folders. */
function lockedAs(ref: string): unknown {
  const [, found] =
    Object.entries(lock.packages).find(
      ([folder, { version }]) => `${folder.replace(/^.*node_modules\//, '')}@${version}` === ref,
    ) ?? [];
  return found;
}

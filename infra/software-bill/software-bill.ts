import * as v from 'valibot';

// A software bill of materials in the form of CycloneDX 1.5, as far as it is read here. npm writes the rest.

const component = v.looseObject({
  'bom-ref': v.string(),
  type: v.string(),
  name: v.string(),
  version: v.optional(v.string()),
  purl: v.optional(v.string()),
  hashes: v.optional(v.array(v.object({ alg: v.string(), content: v.string() }))),
});
const dependency = v.object({ ref: v.string(), dependsOn: v.optional(v.array(v.string())) });
/** The form of a bill. */
export const softwareBill = v.looseObject({
  bomFormat: v.literal('CycloneDX'),
  specVersion: v.literal('1.5'),
  metadata: v.looseObject({ component }),
  components: v.array(component),
  dependencies: v.array(dependency),
});
export type SoftwareBill = v.InferOutput<typeof softwareBill>;
type Component = v.InferOutput<typeof component>;

/** A file of a deployed function. */
export type BundledFile = {
  /** The path below the folder of bundles, such as `token/index.mjs`. */
  readonly path: string;
  /** The SHA-256 of its content, in hexadecimal digits. */
  readonly digest: string;
  /** What is in it: `name@version` of packages. */
  readonly packages: readonly string[];
};

const locked = v.looseObject({
  version: v.optional(v.string()),
  peerDependenciesMeta: v.optional(v.record(v.string(), v.looseObject({ optional: v.optional(v.boolean()) }))),
});
/**
 * The members of `package-lock.json` that tell which version of a package is in which folder, and with which packages it
 * works if they happen to be there.
 */
export const lockFile = v.looseObject({ name: v.string(), packages: v.record(v.string(), locked) });
export type LockFile = v.InferOutput<typeof lockFile>;

/**
 * Returns the bill without what differs from run to run: the serial number, the time, and the name of the folder, which
 * npm takes for the name of the project.
 */
export function stableBill({ serialNumber: _, ...bill }: SoftwareBill, name: string): SoftwareBill {
  const { timestamp: _time, ...metadata } = bill.metadata;
  return {
    ...bill,
    metadata: { ...metadata, component: { ...metadata.component, name } },
    components: bill.components.toSorted(byRef),
    dependencies: bill.dependencies.toSorted((one, other) => compare(one.ref, other.ref)),
  };
}

/**
 * Returns the bill of these packages and of what they need. npm has options that leave out what only development needs
 * (`--omit dev`). But CDK is a dependency of development, since a machine that runs the provider needs none, and the
 * option also leaves out what development and production both need.
 */
export function billOfNeeded(bill: SoftwareBill, names: readonly string[]): SoftwareBill {
  const root = bill.metadata.component['bom-ref'];
  const edges = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const first = (edges.get(root) ?? []).filter((ref) => names.includes(nameIn(ref)));
  const missing = names.filter((name) => !first.some((ref) => nameIn(ref) === name));
  if (missing.length > 0) throw new Error(`package.json does not name ${missing.join(', ')}`);
  const needed = new Set(first);
  // A set is walked in the order of its additions, those during the walk included.
  for (const ref of needed) for (const next of edges.get(ref) ?? []) needed.add(next);
  return {
    ...bill,
    components: bill.components.filter((one) => needed.has(one['bom-ref'])),
    dependencies: bill.dependencies
      .filter(({ ref }) => ref === root || needed.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: ref === root ? first : dependsOn })),
  };
}

/** Returns the bill without what packages can do without: optional peers, such as TypeScript for packages with types. */
export function withoutOptionalPeers(bill: SoftwareBill, { packages }: LockFile): SoftwareBill {
  const optional = new Set(
    Object.entries(packages).flatMap(([folder, { version, peerDependenciesMeta = {} }]) =>
      Object.entries(peerDependenciesMeta).map(([peer, meta]) =>
        meta.optional ? `${nameOfFolder(folder)}@${version} ${peer}` : '',
      ),
    ),
  );
  const dependencies = bill.dependencies.map(({ ref, dependsOn = [] }) => ({
    ref,
    dependsOn: dependsOn.filter((one) => !optional.has(`${ref} ${nameIn(one)}`)),
  }));
  return { ...bill, dependencies };
}

/** Returns the name in `name@version`. */
function nameIn(ref: string): string {
  return ref.slice(0, ref.lastIndexOf('@'));
}

/** Returns the bill of what is deployed: each file of a function, and the packages that are in it. */
export function billOfFiles(whole: SoftwareBill, files: readonly BundledFile[]): SoftwareBill {
  const used = new Set(files.flatMap(({ packages }) => packages));
  const packages = whole.components.filter((one) => used.has(one['bom-ref']));
  const missing = [...used].filter((ref) => !packages.some((one) => one['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`npm knows no ${missing.join(', ')} among what is deployed`);
  const root = whole.metadata.component['bom-ref'];
  return {
    ...whole,
    components: [...files.map(fileComponent), ...packages].toSorted(byRef),
    dependencies: [
      { ref: root, dependsOn: files.map(refOf).toSorted() },
      ...files.map((file) => ({ ref: refOf(file), dependsOn: [...file.packages].toSorted() })),
    ].toSorted((one, other) => compare(one.ref, other.ref)),
  };
}

/**
 * Returns the packages of the files that went into a bundle, as `name@version`. A package may be installed in several
 * versions, each in a folder of its own.
 */
export function packagesOf(inputs: readonly string[], { packages }: LockFile): readonly string[] {
  // From the first `node_modules/`, because that folder may be elsewhere, to the package in the last one.
  const folders = inputs.flatMap((input) => /node_modules\/(.*node_modules\/)?(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const refs = [...new Set(folders)].map((folder) => {
    const version = packages[folder]?.version;
    if (version === undefined) throw new Error(`package-lock.json has no version of ${folder}`);
    return `${nameOfFolder(folder)}@${version}`;
  });
  return refs.toSorted();
}

/** Returns the name of the package that is installed in a folder. */
function nameOfFolder(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

const refOf = ({ path }: BundledFile): string => `function:${path}`;

function fileComponent(file: BundledFile): Component {
  return {
    'bom-ref': refOf(file),
    type: 'file',
    name: file.path,
    hashes: [{ alg: 'SHA-256', content: file.digest }],
  };
}

function byRef(one: Component, other: Component): number {
  return compare(one['bom-ref'], other['bom-ref']);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

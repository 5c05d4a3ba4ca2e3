import * as v from 'valibot';

// A software bill of materials in the form of CycloneDX 1.5, as far as it is read here. npm writes the rest.

const component = v.looseObject({
  'bom-ref': v.string(),
  type: v.string(),
  name: v.string(),
  version: v.optional(v.string()),
  purl: v.optional(v.string()),
  hashes: v.optional(v.array(v.object({ alg: v.string(), content: v.string() }))),
  properties: v.optional(v.array(v.object({ name: v.string(), value: v.string() }))),
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

/** The members of `package-lock.json` that tell which version of a package is in which folder. */
export const lockFile = v.looseObject({
  name: v.string(),
  packages: v.record(v.string(), v.looseObject({ version: v.optional(v.string()) })),
});
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
 * Returns the bill without what only development needs. npm has an option for that (`--omit dev`), but it also leaves
 * out what development and production both need.
 */
export function withoutDevelopment(bill: SoftwareBill): SoftwareBill {
  const components = bill.components.filter(
    ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const kept = new Set([bill.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  return { ...bill, components, dependencies };
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
    return `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
  });
  return refs.toSorted();
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

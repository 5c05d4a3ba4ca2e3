import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { bundleFunctions, readMetafile } from '../functions/bundles.ts';
import {
  type BundledFile,
  billOfFiles,
  billOfNeeded,
  lockFile,
  packagesOf,
  type SoftwareBill,
  softwareBill,
  stableBill,
  withoutOptionalPeers,
} from './software-bill.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The packages that a deployment needs besides the dependencies in `package.json`; `node` brings what all of them run on. */
const DEPLOYING = ['aws-cdk', 'aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', 'fflate', 'node'];

/** The bills of materials of this version. */
export type SoftwareBills = {
  /** What is deployed: the files of the functions, and the packages in them. */
  readonly functions: SoftwareBill;
  /** What the app, the construct and the command line load. */
  readonly construct: SoftwareBill;
};

/** Bundles the functions and makes both bills. Throws if npm can't. */
export function makeSoftwareBills(): SoftwareBills {
  const lock = v.parse(lockFile, readJson('package-lock.json'));
  const { dependencies } = v.parse(
    v.object({ dependencies: v.record(v.string(), v.string()) }),
    readJson('package.json'),
  );
  const construct = billOfNeeded(withoutOptionalPeers(stableBill(billOfNpm(), lock.name), lock), [
    ...Object.keys(dependencies),
    ...DEPLOYING,
  ]);
  const bundles = bundleFunctions();
  const files = Object.entries(readMetafile().outputs)
    .filter(([path]) => path.endsWith('.mjs'))
    .map(([path, { inputs }]): BundledFile => {
      const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      return {
        path: relative(bundles, join(ROOT, path)),
        digest: createHash('sha256')
          .update(readFileSync(join(ROOT, path)))
          .digest('hex'),
        packages: packagesOf(
          used.map(([input]) => input),
          lock,
        ),
      };
    });
  return { construct, functions: billOfFiles(construct, files) };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}

/** What npm reads in `package-lock.json`: names, versions, licenses and hashes. It asks no registry. */
function billOfNpm(): SoftwareBill {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
  if (status !== 0) throw new Error(`npm sbom, which npm has since version 10, ended with ${status}: ${stderr}`);
  return v.parse(softwareBill, JSON.parse(stdout));
}

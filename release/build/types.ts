import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from './bundle.ts';
import { compile } from './compile.ts';
import type { PackageFile } from './tarball.ts';

const IMPORT = /(from |import\()['"](\.[^'"]*)\.ts['"]/g;
/** What the types of the construct may refer to: whoever installs it has these. */
const PEERS = /^(aws-cdk-lib|constructs)(\/|$)/;

/**
 * Makes the declarations of the construct: those that `infra/index.ts` reaches, in the folder `types`, as every version
 * and setting of TypeScript finds them. A reference to a package that a consumer does not have is an error, because with
 * `skipLibCheck` its types would silently be `any`.
 */
export function declarations(): readonly PackageFile[] {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const work = mkdtempSync(join(ROOT, 'dist/types-'));
  try {
    compile('release/serverless-ciba/tsconfig.json', '--outDir', work);
    const files = new Map<string, string>();
    collect('infra/index.d.ts', { work, files });
    return [...files].map(([path, content]) => ({ path: `types/${path}`, content }));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function collect(path: string, made: { readonly work: string; readonly files: Map<string, string> }): void {
  if (made.files.has(path)) return;
  const text = readFileSync(join(made.work, path), 'utf8');
  const foreign = [...text.matchAll(/(?:from |import\()['"]([^.'"][^'"]*)['"]/g)].flatMap(([, name = '']) => name);
  const missing = foreign.filter((name) => !PEERS.test(name));
  if (missing.length > 0) throw new Error(`${path} refers to ${missing.join(', ')}: a consumer does not have it`);
  made.files.set(path, text.replaceAll(IMPORT, "$1'$2.js'"));
  for (const [, , target = ''] of text.matchAll(IMPORT))
    collect(posix.join(posix.dirname(path), `${target}.d.ts`), made);
}

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../../infra/functions/bundles.ts';
import { ROOT, textOf } from './bundle.ts';
import { commandPackage } from './command.ts';
import { constructPackage } from './construct.ts';
import { pack } from './package.ts';

// `npm run packages`: makes the packages of this version in dist/packages, with their checksums.

const folder = join(ROOT, 'dist/packages');
const { version } = JSON.parse(textOf('package.json')) as { readonly version: string };
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
bundleFunctions();
const sums: string[] = [];
for (const make of [constructPackage, commandPackage]) {
  const { file, content } = pack(await make(version));
  writeFileSync(join(folder, file), content);
  sums.push(`${createHash('sha256').update(content).digest('hex')}  ${file}\n`);
  console.log(`dist/packages/${file}: ${(content.length / 1000).toFixed(0)} kB`);
}
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));

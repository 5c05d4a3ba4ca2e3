import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSoftwareBills } from './make-software-bills.ts';

// `npm run sbom`: writes the software bills of materials of this version.

const folder = fileURLToPath(new URL('../../dist/sbom/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, bill] of Object.entries(makeSoftwareBills())) {
  const path = join(folder, `${name}.cdx.json`);
  writeFileSync(path, `${JSON.stringify(bill, undefined, 2)}\n`);
  console.log(`${path}: ${bill.components.length} components`);
}

// Runs before every script. It is plain JavaScript, so that any version of Node can run it.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `This needs Node 24 but runs on ${process.version}. "npm ci" installs Node 24 in the project: run it without --ignore-scripts and --omit=optional, then use "npm start", "npm test" or "npm run".`,
  );
  process.exit(1);
}
// The next start of the same script is faster. The cache has a copy of what Node compiled from the same sources.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));

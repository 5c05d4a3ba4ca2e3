// Loaded before every script, in plain JavaScript that any Node understands.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `This needs Node 24, and runs on ${process.version}. "npm ci" brings Node 24 along: run it without --ignore-scripts, and start by "npm start", "npm test" or "npm run".`,
  );
  process.exit(1);
}

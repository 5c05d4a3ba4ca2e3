import { command } from '../command-line/command.ts';
import { ownVersion } from '../command-line/version.ts';

/** `ciba version` */
export const version = command({
  name: 'version',
  about: 'Prints the version of this command.',
  notes: 'Use the command of the version that you deployed. ciba --version is short for this command.',
  needs: 'nothing',
  arguments: [],
  options: {},
  examples: ['ciba version', 'ciba version --json | jq -r .version'],
  async run() {
    const own = ownVersion();
    return { json: JSON.stringify({ version: own }), text: `ciba ${own}` };
  },
});

import { command } from '../command-line/command.ts';

/** `ciba up` */
export const up = command({
  name: 'up',
  about: 'Runs the whole provider on this machine.',
  notes:
    'It listens on http://localhost:3000, prints one line for each call, and ends with Ctrl-C. Nothing is kept unless --data names a folder. docs/local.md describes it.',
  needs: 'nothing',
  arguments: [],
  rest: { name: 'options', about: 'The options of the provider. ciba up -- --help prints them.' },
  options: {},
  examples: ['ciba up', 'ciba up -- --port 3001 --data .ciba', 'ciba up -- --limits off --json'],
  async run({ rest }) {
    const { runStart } = await import('../../local/run-start.ts');
    await runStart(rest);
    return { json: '', text: '', ...(process.exitCode === 1 && { failed: true }) };
  },
});

import type { LogLevelView } from '../../provider/flows/operating/manage-log-level.ts';
import { command, type Noun } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readDuration } from '../command-line/option-reading.ts';
import { instant } from '../command-line/text-layout.ts';

const get = command({
  name: 'get',
  about: 'Shows how much the functions log.',
  arguments: [],
  options: {},
  examples: ['ciba log-level get'],
  async run({ api }) {
    const { json, body } = await api.call('GET /admin/log-level', { parameters: {} });
    return { json, text: sentence(body) };
  },
});

const set = command({
  name: 'set',
  about: 'Sets how much the functions log: info or debug.',
  notes:
    'debug logs each call of AWS: the action, how long it took, how often it was tried, and how it ended. It ends by itself. A warm function follows within a minute or two. info is the default, and nothing logs less.',
  arguments: [{ name: 'level', about: 'info or debug', of: ['info', 'debug'] }],
  options: {
    for: {
      kind: 'text',
      value: 'DURATION',
      about: 'How long debug lasts, such as 10m or 2h: a day at most. Default: 1h.',
      member: 'for_seconds',
      read: readDuration,
    },
  },
  examples: ['ciba log-level set debug --for 1h', 'ciba log-level set info'],
  async run({ api, argument: { level }, options }) {
    const forSeconds = options.for === undefined ? undefined : readDuration([options.for]);
    if (level === 'info' && forSeconds !== undefined) throw new WrongUsage('--for is for debug; info has no end');
    const { json, body } = await api.call('PUT /admin/log-level', {
      parameters: {},
      body: { level, for_seconds: forSeconds },
    });
    return { json, text: sentence(body) };
  },
});

/** `ciba log-level …` */
export const logLevelNoun: Noun = { name: 'log-level', about: 'How much the functions log.', commands: [get, set] };

function sentence({ level, until }: LogLevelView): string {
  return until === undefined
    ? `The functions log at level ${level}.`
    : `The functions log at level ${level} until ${instant(until)}.`;
}

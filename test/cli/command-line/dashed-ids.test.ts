import { expect, it } from 'vitest';
import { choose, readCommandLine } from '../../../cli/command-line/command-line.ts';
import { vocabulary } from '../../../cli/commands/registry.ts';

const ID = '-h8JkHQ1mEW7zdK0qXlXov62kxmB6pZHuSiVyd3i7-BY';

function read(...args: readonly string[]) {
  const { noun, command, help } = choose(args, vocabulary);
  if (!command) throw new Error('no command');
  return { help, ...readCommandLine(args, { noun, command }) };
}

it('an id that begins with a dash is an argument, and asks for no help', () => {
  const { help, argument, options } = read('phone', 'show', ID, '--key', 'mira.phone.json');
  expect({ help, argument, options }).toEqual({
    help: false,
    argument: { request_id: ID },
    options: { key: 'mira.phone.json' },
  });
  expect(read('phone', 'show', '--key', 'k', '--', ID).argument).toEqual({ request_id: ID });
});

it('it is the value of an option, too', () => {
  expect(read('client', 'list', '--after', ID, '--json')).toMatchObject({
    options: { after: ID },
    globals: { json: true },
  });
});

it('nothing else that begins with a dash is', () => {
  expect(() => read('client', 'show', '-abc')).toThrow('begins with a dash after --');
  expect(read('client', 'show', 'bank', '-h').help).toBe(true);
  expect(() => read('client', 'show', 'bank', '--a-long-option-that-is-none')).toThrow('There is no option --a-long');
});

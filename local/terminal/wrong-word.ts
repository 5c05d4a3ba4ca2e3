import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearestName } from '../../cli/command-line/nearest-name.ts';

/** Says what is wrong with the words of a command line, one sentence; undefined if nothing is. */
export function wrongWord(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
  command: string,
): string | undefined {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') return `${command} takes options only, not "${token.value}".`;
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) {
      const meant = nearestName(token.name, Object.keys(options));
      return `There is no option ${token.rawName}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
    }
    if (option.type === 'string' && token.value === undefined) return `${token.rawName} needs a value.`;
    if (option.type === 'boolean' && token.value !== undefined) return `${token.rawName} takes no value.`;
  }
  return undefined;
}

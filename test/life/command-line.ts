import { parseArgs } from 'node:util';

/** The least seed of fast-check. */
export const LEAST_SEED = -2_147_483_648;

/** An option of a script. Without `value` it has none. `least`: the least number that makes sense. */
type Option = {
  readonly value?: 'N' | 'PATH' | 'TEXT';
  readonly least?: number;
  readonly means: string;
};
type Options = Readonly<Record<string, Option>>;
type Script = { readonly script: string; readonly does: string; readonly options: Options };
type Given = Readonly<Record<string, string | true>>;

/**
 * Reads the options of a script. `--help` prints them and ends the script; so does an option that the script does not
 * have, or one with a wrong value, with exit code 2.
 */
export function readOptions(script: Script, args: readonly string[] = process.argv.slice(2)): Given {
  const read = parseOptions(script.options, args);
  if (typeof read === 'string') {
    console.error(`${read}\n\n${helpOf(script)}`);
    return process.exit(2);
  }
  if (read['help'] === undefined) return read;
  console.log(helpOf(script));
  return process.exit(0);
}

/** Returns what was given, or what is wrong with it. */
export function parseOptions(options: Options, args: readonly string[]): Given | string {
  const types = Object.entries(options).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }]);
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  const given: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') return `There is no argument ${token.kind === 'positional' ? token.value : '--'}.`;
    const option = token.name === 'help' ? { means: '' } : options[token.name];
    if (!option) return `There is no option ${token.rawName}.`;
    const wrong = whatIsWrong(option, token.value);
    if (wrong !== undefined) return `${token.rawName} ${wrong}.`;
    given[token.name] = token.value ?? true;
  }
  return given;
}

function whatIsWrong({ value: expected, least = 0 }: Option, value: string | undefined): string | undefined {
  if (!expected) return value === undefined ? undefined : 'has no value';
  if (value === undefined || value === '') return 'needs a value';
  if (expected === 'N' && !(/^-?\d{1,10}$/.test(value) && Number(value) >= least))
    return `must be a number, ${least} or more`;
  return expected === 'PATH' && !/^\d+(:\d+)*$/.test(value) ? 'must be numbers with colons between them' : undefined;
}

function helpOf({ script, does, options }: Script): string {
  const rows = Object.entries<Option>({ ...options, help: { means: 'prints this' } }).map(
    ([name, { value, means }]) => ({ left: `--${name}${value ? ` ${value}` : ''}`, means }),
  );
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  const lines = rows.map(({ left, means }) => `  ${left.padEnd(width)}${means}`);
  return [`npm run ${script} [-- OPTIONS]`, '', does, '', ...lines].join('\n');
}

import { describe, expect, it } from 'vitest';
import { LEAST_SEED, parseOptions } from './command-line.ts';

const OPTIONS = {
  runs: { value: 'N', least: 1, means: 'how many' },
  path: { value: 'PATH', means: 'which' },
  fast: { means: 'no details' },
} as const;

describe('the options of the scripts that play runs', () => {
  it('are read in both forms, and --help stands alone', () => {
    expect(parseOptions(OPTIONS, ['--runs', '5', '--path=1:2', '--fast'])).toEqual({
      runs: '5',
      path: '1:2',
      fast: true,
    });
    expect(parseOptions(OPTIONS, ['-h'])).toEqual({ help: true });
  });

  it('have a seed below zero, as fast-check draws them', () => {
    const seed = { value: 'N', least: LEAST_SEED, means: 'which' } as const;
    expect(parseOptions({ seed }, ['--seed', '-596280736'])).toEqual({ seed: '-596280736' });
  });

  it.each([
    [['--what'], 'There is no option --what.'],
    [['-x'], 'There is no option -x.'],
    [['what'], 'There is no argument what.'],
    [['--runs'], '--runs needs a value.'],
    [['--runs', '0'], '--runs must be a number, 1 or more.'],
    [['--runs', '-1'], '--runs must be a number, 1 or more.'],
    [['--runs=many'], '--runs must be a number, 1 or more.'],
    [['--path', 'x'], '--path must be numbers with colons between them.'],
    [['--fast=yes'], '--fast has no value.'],
  ])('that are wrong are named: %j', (args, said) => {
    expect(parseOptions(OPTIONS, args)).toBe(said);
  });
});

import { describe, expect, it } from 'vitest';
import { LOAD_DEFAULTS, LOAD_HELP, LoadOptionsError, parseLoadOptions } from '../../bench/load/load-options.ts';

describe('the options of the load test', () => {
  it('are 10,000 logins, 1 % throttled and one kill by default', () => {
    expect(parseLoadOptions([])).toEqual({ ...LOAD_DEFAULTS, logins: 10_000, throttledPercent: 1, kills: 1 });
  });

  it('are read from the command line', () => {
    const args = ['--logins', '300', '--at-once=40', '--throttled', '0.5', '--kills', '2', '--minutes', '5'];
    expect(parseLoadOptions(args)).toEqual({ logins: 300, atOnce: 40, throttledPercent: 0.5, kills: 2, minutes: 5 });
  });

  it('--help is all that it then needs', () => {
    expect(parseLoadOptions(['--help', '--logins', 'many'])).toBe('help');
  });

  it.each([
    [['--logins', '19'], '--logins must be a whole number from 20 to 100000, not 19'],
    [['--logins', '300.5'], '--logins must be a whole number from 20 to 100000, not 300.5'],
    [['--logins', '1e4'], '--logins must be a whole number from 20 to 100000, not 1e4'],
    [['--logins', ''], '--logins must be a whole number from 20 to 100000, not '],
    [['--at-once', '501'], '--at-once must be a whole number from 1 to 500, not 501'],
    [['--throttled', '11'], '--throttled must be a number from 0 to 10, not 11'],
    [['--kills', '6'], '--kills must be a whole number from 0 to 5, not 6'],
    [['--minutes', '0'], '--minutes must be a whole number from 1 to 120, not 0'],
  ])('refuse %j in one sentence', (args, sentence) => {
    expect(() => parseLoadOptions(args)).toThrow(new LoadOptionsError(sentence));
  });

  it('refuse what they do not know, with the help', () => {
    expect(() => parseLoadOptions(['--forever'])).toThrow(LOAD_HELP);
  });
});

import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../local/start-options.ts';

describe('npm start --expiry-limit', () => {
  it('lets requests live 72 hours, unless it says less', () => {
    expect(parseStartOptions([]).expiryLimit).toBe(259_200);
    expect(parseStartOptions(['--expiry-limit', '600']).expiryLimit).toBe(600);
  });

  it.each(['119', '259201', '600.5', 'long', ''])(
    'is not "%s": it is from the default life up to 72 hours',
    (limit) => {
      expect(() => parseStartOptions([`--expiry-limit=${limit}`])).toThrow(
        '--expiry-limit must be a number of seconds from 120 to 259200',
      );
    },
  );
});

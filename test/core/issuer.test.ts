import { describe, expect, it } from 'vitest';
import { namesIssuer, urlOf } from '../../provider/core/issuer.ts';
import { ISSUER, NAMES } from './given.ts';

describe('names of this provider', () => {
  it.each(['https://op.example/', 'https://op.example', 'https://old.example/', 'https://old.example'])(
    '%s is one',
    (name) => {
      expect(namesIssuer(name, NAMES)).toBe(true);
    },
  );

  it.each([
    '',
    '/',
    'https://op.example//',
    'https://op.example/x',
    'http://op.example/',
    'HTTPS://OP.EXAMPLE/',
    'https://op.example.evil/',
    'op.example',
    ' https://op.example/',
  ])('"%s" is none', (name) => {
    expect(namesIssuer(name, NAMES)).toBe(false);
  });

  it('joins a path with one slash', () => {
    expect(urlOf(ISSUER, '/token')).toBe('https://op.example/token');
    expect(urlOf('https://op.example', '/token')).toBe('https://op.example/token');
  });
});

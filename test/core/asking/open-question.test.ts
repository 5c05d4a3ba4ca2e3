import { describe, expect, it } from 'vitest';
import { meetsAnother, type OpenQuestion } from '../../../provider/core/asking/open-question.ts';
import { NOW } from '../given.ts';

const OWN: OpenQuestion = { id: 'own', clientId: 'bank', expiresAt: NOW + 120 };
const other = (different: Partial<OpenQuestion>): OpenQuestion => ({ ...OWN, id: 'other', ...different });

describe('a question meets another one', () => {
  it('of any client, until it expires', () => {
    for (const clientId of ['bank', 'shop']) {
      expect(meetsAnother(OWN, [OWN, other({ clientId, expiresAt: NOW + 1 })], NOW)).toBe(true);
      expect(meetsAnother(OWN, [OWN, other({ clientId, expiresAt: NOW })], NOW)).toBe(false);
    }
  });

  it('and never itself', () => {
    expect(meetsAnother(OWN, [OWN], NOW)).toBe(false);
  });

  it('that no phone shows, if it is of the same client, which must not see that nobody is asked', () => {
    expect(meetsAnother(OWN, [other({ isSilent: true })], NOW)).toBe(true);
    expect(meetsAnother(OWN, [other({ isSilent: true, clientId: 'shop' })], NOW)).toBe(false);
  });
});

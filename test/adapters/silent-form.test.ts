import { expect, it } from 'vitest';
import { openSilentlyAsked, sealSilentlyAsked } from '../../provider/adapters/dynamodb/forms/silent-form.ts';

const ASKED = {
  sub: 'ana',
  profileId: 'profile-1',
  mark: 'mark-1',
  isOnlyOne: true,
  questionId: 'question-1',
} as const;

it('what the request of a reported client opened names nobody, and only its auth_req_id opens it', () => {
  const sealed = sealSilentlyAsked(ASKED, 'secret-1');
  expect(Buffer.from(sealed).toString('latin1')).not.toMatch(/ana|profile|mark|question/);
  expect(openSilentlyAsked(sealed, 'secret-1')).toEqual(ASKED);
  expect(() => openSilentlyAsked(sealed, 'secret-2')).toThrow();
});

it('is not opened when a byte of it was changed', () => {
  const sealed = Buffer.from(sealSilentlyAsked(ASKED, 'secret-1'));
  for (const at of [0, 13, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSilentlyAsked(changed, 'secret-1')).toThrow();
  }
});

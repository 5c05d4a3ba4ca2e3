import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decidePush } from '../../../provider/core/notifying/push-decision.ts';
import { FACTS, NOW, requestIn } from '../given.ts';

it('where nobody was asked, a client in push mode is told the same at every instant as where nobody answers: expired_token (CIBA §12)', () => {
  const decide = (later: number, watchesExpiry: boolean, isConcealed?: true) =>
    decidePush(requestIn('pending', { isConcealed }), { at: NOW, now: NOW + later, watchesExpiry });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.boolean(), (later, watchesExpiry) => {
      expect(decide(later, watchesExpiry, true)).toEqual(decide(later, watchesExpiry));
    }),
  );
  const longAfter = FACTS.expiresAt - NOW + 600;
  expect(decide(longAfter, true, true)).toEqual({ outcome: 'tell', error: 'expired_token' });
});

import { randomBytes, randomInt } from 'node:crypto';
import { NUMBERS, numberText } from '../core/deciding/number-matching.ts';
import type { Entropy } from '../flows/ports.ts';

/** Returns 16 random bytes. An id that would look like an option on a command line is drawn again. */
function readableId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? readableId() : id;
}

/** Identifiers from the random generator of the operating system. `fraction` is not secret and uses `Math.random`. */
export const entropy: Entropy = {
  secret: () => randomBytes(32).toString('base64url'),
  id: readableId,
  // `randomInt` draws again what would make some numbers more likely than others.
  twoDigits: () => numberText(randomInt(NUMBERS)),
  fraction: () => Math.random(),
};

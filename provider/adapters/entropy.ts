import { randomBytes } from 'node:crypto';
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
  fraction: () => Math.random(),
};

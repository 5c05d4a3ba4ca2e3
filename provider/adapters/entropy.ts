import { randomBytes } from 'node:crypto';
import type { Entropy } from '../flows/ports.ts';

/** 16 random bytes; drawn again when it would look like an option on a command line. */
function readableId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? readableId() : id;
}

/** Identifiers from the operating system's generator. */
export const entropy: Entropy = {
  secret: () => randomBytes(32).toString('base64url'),
  id: readableId,
  fraction: () => Math.random(),
};

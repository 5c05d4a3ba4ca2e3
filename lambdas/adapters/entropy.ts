import { randomBytes } from 'node:crypto';
import type { Entropy } from '../flows/ports.ts';

/** Identifiers from the operating system's generator. */
export const entropy: Entropy = {
  secret: () => randomBytes(32).toString('base64url'),
  id: () => randomBytes(16).toString('base64url'),
  fraction: () => Math.random(),
};

import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PRIVATE_MEMBERS } from '../../provider/core/keys/public-key.ts';
import { WrongUsage } from './failure.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from './json-object.ts';
import { systemCodeOf } from './system-error.ts';

/** A list; the single empty value empties it. */
export function readList(typed: readonly string[]): readonly string[] {
  return typed.length === 1 && typed[0] === '' ? [] : typed;
}

/** `NAME=TEXT`, repeated. */
export function readPairs(typed: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    readList(typed).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new WrongUsage(`"${pair}" must be NAME=TEXT`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** A whole number. */
export function readWholeNumber([typed = '']: readonly string[]): number {
  if (!/^\d{1,9}$/.test(typed)) throw new WrongUsage(`"${typed}" must be a whole number`);
  return Number(typed);
}

/** A file with a JWK Set, one JWK, or a public key in PEM. A private key stops here, before it travels anywhere. */
export function readPublicKeys([path = '']: readonly string[]): { keys: readonly unknown[] } {
  const text = readText(path);
  if (text.includes('PRIVATE KEY-----')) throw new WrongUsage(`${path} holds a private key; give the public one`);
  if (text.includes('-----BEGIN')) return { keys: [fromPem(path, text)] };
  const value = objectIn(path, text);
  const keys: readonly unknown[] = Array.isArray(value['keys']) ? value['keys'] : [value];
  checkPublic(path, keys);
  return { keys };
}

/** A JSON object from a file, or from the standard input for `-`: a request body to start from. */
export function readBody(path: string): JsonObject {
  const body = objectIn(path, readText(path));
  const jwks = body['jwks'];
  if (isJsonObject(jwks) && Array.isArray(jwks['keys'])) checkPublic(path, jwks['keys']);
  return body;
}

function checkPublic(path: string, keys: readonly unknown[]): void {
  const isPrivate = (key: unknown) => isJsonObject(key) && PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member));
  if (keys.some(isPrivate)) throw new WrongUsage(`${path} holds a private key; give the public one`);
}

function fromPem(path: string, text: string): unknown {
  try {
    return createPublicKey(text).export({ format: 'jwk' });
  } catch {
    throw new WrongUsage(`${path} holds no public key that can be read`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new WrongUsage(`${path} can't be read: ${systemCodeOf(error)}`);
  }
}

/** What is in the file may be secret, so the parser's own message is not repeated. */
function objectIn(path: string, text: string): JsonObject {
  const value = parseJsonObject(text);
  if (!value) throw new WrongUsage(`${path} must hold a JSON object`);
  return value;
}

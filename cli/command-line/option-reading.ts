import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PRIVATE_MEMBERS } from '../../provider/core/keys/public-key.ts';
import { WrongUsage } from './failure.ts';
import { jsonFault } from './json-fault.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from './json-object.ts';
import { systemCodeOf } from './system-error.ts';

/** Reads a repeated option. A single empty value makes an empty list. */
export function readList(typed: readonly string[]): readonly string[] {
  return typed.length === 1 && typed[0] === '' ? [] : typed;
}

/** Reads a repeated option of the form `NAME=TEXT`. */
export function readPairs(typed: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    readList(typed).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new WrongUsage(`"${pair}" must have the form NAME=TEXT`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Reads a whole number of up to nine digits. `option` is the name of the option with its dashes. */
export function readWholeNumber([typed = '']: readonly string[], option: string): number {
  if (!/^\d{1,9}$/.test(typed)) throw new WrongUsage(`${option} must be a whole number, not "${typed}"`);
  return Number(typed);
}

const SECONDS_IN = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads a duration such as `30m`, `24h` or `7d`, and returns its seconds. */
export function readDuration([typed = '']: readonly string[]): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(typed) ?? [];
  const seconds = Object.entries(SECONDS_IN).find(([name]) => name === unit)?.[1];
  if (seconds === undefined)
    throw new WrongUsage(`"${typed}" is no duration: give a number with s, m, h or d, for example 30m, 24h or 7d`);
  return Number(amount) * seconds;
}

/**
 * Reads an instant: a day such as `2026-11-01` (its begin in UTC), an instant in UTC such as `2026-11-01T10:00:00Z`, or
 * a duration such as `2h`, which is that long before `now`. Returns epoch seconds.
 */
export function readInstant(typed: string, now: number): number {
  return /^\d+[smhd]$/.test(typed) ? now - readDuration([typed]) : readDate(typed, '2h, 7d');
}

/**
 * Reads an instant in the future: a day, an instant in UTC, or a duration such as `30d` from `now`. Returns epoch
 * seconds.
 */
export function readDeadline(typed: string, now: number): number {
  return /^\d+[smhd]$/.test(typed) ? now + readDuration([typed]) : readDate(typed, '30d');
}

function readDate(typed: string, durations: string): number {
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/.test(typed);
  const milliseconds = isDate ? Date.parse(typed) : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw new WrongUsage(`"${typed}" is no instant: give ${durations}, 2026-11-01 or 2026-11-01T10:00:00Z`);
  return milliseconds / 1000;
}

/** Reads a file with a JWK Set, one JWK, or a public key in PEM. Refuses a private key, so that it is never sent. */
export function readPublicKeys([path = '']: readonly string[]): { keys: readonly unknown[] } {
  const text = readText(path);
  if (text.includes('PRIVATE KEY-----')) throw new WrongUsage(`${path} holds a private key; give the public key`);
  if (text.includes('-----BEGIN')) return { keys: [fromPem(path, text)] };
  const value = objectIn(path, text);
  const keys: readonly unknown[] = Array.isArray(value['keys']) ? value['keys'] : [value];
  checkPublic(path, keys);
  return { keys };
}

/** Reads a file with a JSON list of the issuers of hint tokens. Refuses a private key, so that it is never sent. */
export function readHintIssuers([path = '']: readonly string[]): readonly unknown[] {
  const { issuers } = objectIn(path, `{"issuers": ${readText(path)}}`);
  if (!Array.isArray(issuers)) throw new WrongUsage(`${path} must contain a JSON list, [ … ]`);
  for (const issuer of issuers) {
    const jwks = isJsonObject(issuer) ? issuer['jwks'] : undefined;
    if (isJsonObject(jwks) && Array.isArray(jwks['keys'])) checkPublic(path, jwks['keys']);
  }
  return issuers;
}

/** Reads a request body, which is a JSON object, from a file, or from standard input for `-`. */
export function readBody(path: string): JsonObject {
  const body = objectIn(path, readText(path));
  const jwks = body['jwks'];
  if (isJsonObject(jwks) && Array.isArray(jwks['keys'])) checkPublic(path, jwks['keys']);
  return body;
}

function checkPublic(path: string, keys: readonly unknown[]): void {
  const isPrivate = (key: unknown) => isJsonObject(key) && PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member));
  if (keys.some(isPrivate)) throw new WrongUsage(`${path} holds a private key; give the public key`);
}

function fromPem(path: string, text: string): unknown {
  try {
    return createPublicKey(text).export({ format: 'jwk' });
  } catch {
    throw new WrongUsage(`${path} holds no readable public key`);
  }
}

/** Why a file cannot be read, by the code of the system. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  EAGAIN: 'nothing was sent to it',
};

/** Reads the bytes of a file, or of standard input for `-`. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    const code = systemCodeOf(error) ?? 'it failed';
    const why = UNREADABLE[code] ?? code;
    throw new WrongUsage(`${path === '-' ? 'Standard input' : path} can't be read: ${why}`);
  }
}

function readText(path: string): string {
  return Buffer.from(readBytes(path)).toString();
}

/** Reads a word, or for `-` the one in standard input, so that a secret stands in no command line. */
export function readSecretWord(typed: string): string {
  return typed === '-' ? readText('-').trim() : typed;
}

/**
 * Parses a file's JSON object. The file may hold secrets, so the error says where the mistake is and quotes nothing.
 */
export function objectIn(path: string, text: string): JsonObject {
  const value = parseJsonObject(text);
  if (value) return value;
  const named = path === '-' ? 'Standard input' : path;
  const fault = jsonFault(text);
  throw new WrongUsage(fault ? `${named} is not JSON: ${fault}` : `${named} must contain a JSON object, { … }`);
}

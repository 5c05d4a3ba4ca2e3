import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { UserCodeHashes } from '../flows/person/ports.ts';

/**
 * The cost of a new hash: 2^14 blocks of 1 KiB, five times, which is one of the settings of equal strength that OWASP
 * names. It needs 16 MiB. Each hash contains its cost, so another cost here holds for the codes that are set from then
 * on.
 */
const COST = { ln: 14, r: 8, p: 5 };
const [SALT_BYTES, KEY_BYTES] = [16, 32];
/** Most memory that a stored cost may ask for. */
const MOST_MEMORY = 256 * 1024 * 1024;
/** A hash in the form of PHC strings: the cost, the salt and the key, both in base64 without padding. */
const phc = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

type Cost = typeof COST;

/**
 * Runs in a thread of libuv, so that the function could do something else in the meantime. A function handles one call
 * at a time, so one of the four threads is busy.
 */
function keyOf(code: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: MOST_MEMORY };
  return new Promise((resolve, reject) =>
    scrypt(code, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function parse(hash: string): { readonly cost: Cost; readonly salt: Buffer; readonly key: Buffer } {
  const [, ln, r, p, salt, key] = phc.exec(hash) ?? [];
  if (salt === undefined || key === undefined) throw new Error('a stored user code is no scrypt hash');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

/** User codes as scrypt (RFC 7914), each with a random salt. Only the key is compared, in constant time. */
export const userCodeHashes: UserCodeHashes = {
  async hash(code) {
    const salt = randomBytes(SALT_BYTES);
    const { ln, r, p } = COST;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(await keyOf(code, salt, COST))}`;
  },
  async matches(code, hash) {
    const stored = hash === undefined ? undefined : parse(hash);
    const made = await keyOf(code, stored?.salt ?? Buffer.alloc(SALT_BYTES), stored?.cost ?? COST);
    return stored !== undefined && stored.key.length === made.length && timingSafeEqual(stored.key, made);
  },
};

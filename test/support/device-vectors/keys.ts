import { checkPrimeSync, createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/**
 * The keys of the vectors. Each is derived from a public text, so that no private key is kept in a file, and that
 * whoever develops an app can make the same key. Everybody can. So a real device must never enrol one.
 */
const TEXTS = {
  phone: 'device API vectors: the phone',
  'other phone': 'device API vectors: the other phone',
  stranger: 'device API vectors: a key that is not enrolled',
  verification: 'device API vectors: the verification key of a phone with two keys',
  'RSA phone': 'device API vectors: the phone with an RSA key',
} as const;

/** The name of a key. */
export type KeyName = keyof typeof TEXTS;

/** A key, and the text from which it is derived. */
export type VectorKey = {
  readonly derivedFrom: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: Readonly<Record<string, unknown>>;
};

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const made = new Map<KeyName, VectorKey>();

/** The names of all keys. */
export const KEY_NAMES = Object.keys(TEXTS) as readonly KeyName[];

/** Returns a key. It is derived once. */
export function keyNamed(name: KeyName): VectorKey {
  const known = made.get(name);
  if (known) return known;
  const derivedFrom = TEXTS[name];
  const privateKey = name === 'RSA phone' ? rsaKeyFrom(derivedFrom) : ecKeyFrom(derivedFrom);
  const { kty, crv, x, y, n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicJwk = kty === 'EC' ? { kty, crv, x, y } : { kty, n, e };
  const key = { derivedFrom, privateKey, publicJwk };
  made.set(name, key);
  return key;
}

/** The private scalar of the key on P-256 is the SHA-256 of the text. */
function ecKeyFrom(text: string): KeyObject {
  const scalar = sha256(text);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const x = point.toString('base64url', 1, 33);
  const y = point.toString('base64url', 33);
  return createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d: scalar.toString('base64url') } });
}

const EXPONENT = 65_537n;

/**
 * The primes of the RSA key of 2048 bits are the first ones from two numbers on, upwards: the SHA-256 of the text with
 * ` p 0` to ` p 3` (` q 0` to ` q 3`), one after the other, with the two highest bits and the lowest bit set.
 */
function rsaKeyFrom(text: string): KeyObject {
  const [p, q] = [primeFrom(`${text} p`), primeFrom(`${text} q`)];
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([member, number]) => [member, encoded(number)] as const);
  return createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(members) } });
}

function primeFrom(text: string): bigint {
  const drawn = Buffer.concat([0, 1, 2, 3].map((part) => sha256(`${text} ${part}`)));
  let candidate = BigInt(`0x${drawn.toString('hex')}`) | (3n << 1022n) | 1n;
  while ((candidate - 1n) % EXPONENT === 0n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** Returns the inverse of a number by the extended algorithm of Euclid. */
function inverse(number: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, number];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const times = rest / next;
    [rest, next] = [next, rest - times * next];
    [factor, nextFactor] = [nextFactor, factor - times * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

function encoded(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

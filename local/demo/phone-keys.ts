import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as v from 'valibot';

const publicJwk = v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string() });
/** A key pair of a phone, as a phone stores it. */
export const keyPair = v.object({
  privateKey: v.object({ ...publicJwk.entries, d: v.string() }),
  publicKey: publicJwk,
});
export type KeyPair = Readonly<v.InferOutput<typeof keyPair>>;

type Header = { readonly typ: string; readonly jwk?: KeyPair['publicKey'] };

/** Makes a key pair on P-256. */
export async function makeKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return v.parse(keyPair, { privateKey: await exportJWK(privateKey), publicKey: await exportJWK(publicKey) });
}

/** Signs a JWT. */
export async function signWith(
  { privateKey }: Pick<KeyPair, 'privateKey'>,
  header: Header,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .sign(await importJWK(privateKey, 'ES256'));
}

/**
 * Makes the JWT by which a verification key proves itself, beside one possession key. The claims say for which ticket
 * it is, and how long it is valid.
 */
export async function proveVerificationKey(
  pair: KeyPair,
  beside: KeyPair['publicKey'],
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const jkt = await calculateJwkThumbprint(beside);
  return signWith(pair, { typ: 'ciba-verification-key+jwt', jwk: pair.publicKey }, { jkt, ...claims });
}

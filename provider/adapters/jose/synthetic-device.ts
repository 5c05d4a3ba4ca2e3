import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { PublicJwk } from '../../core/keys/jwk.ts';
import type { SyntheticLoginPorts } from '../../flows/operating/log-in-synthetically.ts';
import type { SyntheticSetUpPorts } from '../../flows/operating/set-up-synthetic-login.ts';

export const makeDeviceKey: SyntheticSetUpPorts['makeDeviceKey'] = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return { publicKey: { kty: String(kty), crv, x, y } as PublicJwk, privateKey: { ...(await exportJWK(privateKey)) } };
};

export const signAsDevice: SyntheticLoginPorts['sign'] = async (key, type, claims) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ: type }).sign(await importJWK(key as JWK, 'ES256'));

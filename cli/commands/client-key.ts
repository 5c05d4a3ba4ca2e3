import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { isClientId } from '../../provider/core/client/client.ts';
import { CLIENT_METADATA } from '../../provider/core/client/metadata.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { writeNewFile } from '../command-line/new-file.ts';
import { NO_ANSWER } from '../deployment/provider-answer.ts';

/** The algorithm of the keys that this command makes. */
const ALGORITHM = 'ES256';

/** A registration for the admin API, member by member. */
type Registration = Readonly<Record<string, unknown>>;
/** A registration to send, and the file with the private key that was made for it. */
export type KeyedRegistration = { readonly body: Registration; readonly keyFile?: string };

/**
 * Makes a key pair for a registration that needs one and names none: with `private_key_jwt`, which is the default, and
 * without `jwks` and `jwks_uri`. The private key is in a new file before anything is sent, and only the public half is
 * part of the registration. The client gets an id here if it has none, because the file is named after it.
 */
export function withOwnKey(registration: Registration, keyFile: string | undefined): KeyedRegistration {
  const { token_endpoint_auth_method: method = 'private_key_jwt', jwks, jwks_uri } = registration;
  const given = jwks === undefined ? jwks_uri !== undefined && '--jwks-uri' : '--jwks';
  if (method !== 'private_key_jwt' || given) {
    if (keyFile === undefined) return { body: registration };
    throw new WrongUsage(
      given ? `--key-file or ${given}, not both` : `--key-file needs private_key_jwt, not ${method}`,
    );
  }
  const { token_endpoint_auth_signing_alg: assertions, backchannel_authentication_request_signing_alg: requests } =
    registration;
  const other = [assertions, requests].find((algorithm) => algorithm !== undefined && algorithm !== ALGORITHM);
  if (other !== undefined)
    throw new WrongUsage(`This command makes ${ALGORITHM} keys. For ${other}, give the public key with --jwks`);
  const { client_id: clientId = randomBytes(16).toString('hex') } = registration;
  // The id becomes part of a path, so it is checked before the API would refuse it.
  if (typeof clientId !== 'string' || !isClientId(clientId))
    throw new WrongUsage(`client_id must be ${CLIENT_METADATA.client_id.rule.expected}`);
  const path = keyFile ?? `${clientId}.private.jwk.json`;
  const jwk = writeKey(path);
  return { body: { ...registration, client_id: clientId, jwks: { keys: [jwk] } }, keyFile: path };
}

/** Makes a key pair, writes the private key to a new file, and returns the public key. */
function writeKey(path: string): object {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  // The thumbprint of RFC 7638, whose members are in this order.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  const shared = { kid, alg: ALGORITHM, use: 'sig' };
  writeNewFile(path, `${JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...shared })}\n`);
  return { kty, crv, x, y, ...shared };
}

/** Errors after which the client may exist all the same, so that its key must stay. */
const UNCLEAR: readonly (string | undefined)[] = [NO_ANSWER, 'server_error', undefined];

/** Removes the key of a client that the provider refused, and passes the refusal on. It says so if the key stays. */
export function refusedWithKey(error: unknown, keyFile: string): unknown {
  if (!(error instanceof Refused)) return error;
  if (!UNCLEAR.includes(error.code)) {
    rmSync(keyFile, { force: true });
    return error;
  }
  return new Refused(
    `${error.message} The client may exist. Its private key is in ${keyFile}: keep the file if ciba client list shows the client.`,
    error.next,
    error.code,
  );
}

/** Says where the private key is, and what it is for. */
export function keyNote(keyFile: string): string {
  return `The private key is in ${keyFile}, which only you can read. It was not sent, and there is no copy. Give it to the client as a secret, then delete the file. The client signs its assertions with it (private_key_jwt, ${ALGORITHM}): docs/admin-api.md, "A client with a key of its own".`;
}

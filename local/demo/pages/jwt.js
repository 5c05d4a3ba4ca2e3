// Encodes, decodes, signs (ES256) and verifies (RS256) JSON Web Tokens with WebCrypto only.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes
 * @returns {string}
 */
export function toBase64Url(bytes) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64Url(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * Parses bytes of a JSON object in UTF-8. Throws if they are not JSON.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Record<string, unknown>}
 */
export function parseJsonBytes(bytes) {
  return JSON.parse(decoder.decode(bytes));
}

/** @param {number} byteCount */
export function randomText(byteCount) {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(byteCount)));
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function sha256(bytes) {
  return crypto.subtle.digest('SHA-256', bytes);
}

/**
 * Decodes the parts of a JWT without verifying it. Returns undefined if the text is not a JWT.
 * @param {string} token
 * @returns {{ header: Record<string, unknown>, claims: Record<string, unknown>, signature: string } | undefined}
 */
export function decodeJwt(token) {
  const [header, claims, signature] = token.split('.');
  if (!header || !claims || signature === undefined) return undefined;
  try {
    return {
      header: parseJsonBytes(fromBase64Url(header)),
      claims: parseJsonBytes(fromBase64Url(claims)),
      signature,
    };
  } catch {
    return undefined;
  }
}

/**
 * Signs with a P-256 key. WebCrypto returns r||s, the form that a JWS with ES256 needs (RFC 7518 §3.4).
 * @param {CryptoKey} privateKey
 * @param {Record<string, unknown>} header without `alg`
 * @param {Record<string, unknown>} claims
 */
export async function signJwt(privateKey, header, claims) {
  const part = (/** @type {unknown} */ value) => toBase64Url(encoder.encode(JSON.stringify(value)));
  const input = `${part({ alg: 'ES256', ...header })}.${part(claims)}`;
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, encoder.encode(input));
  return `${input}.${toBase64Url(signature)}`;
}

/**
 * Whether the key that belongs to this public key signed this RS256 token. The algorithm is never read from the token.
 * @param {string} token
 * @param {JsonWebKey} publicJwk
 */
export async function verifyRs256(token, publicJwk) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', publicJwk, algorithm, false, ['verify']);
  const dot = token.lastIndexOf('.');
  const signature = fromBase64Url(token.slice(dot + 1));
  return crypto.subtle.verify(algorithm, key, signature, encoder.encode(token.slice(0, dot)));
}

/**
 * Returns the correct value of `at_hash`: the left half of the access token's SHA-256 (OpenID Connect Core §3.1.3.6).
 * @param {string} accessToken
 */
export async function accessTokenHash(accessToken) {
  const hash = await sha256(encoder.encode(accessToken));
  return toBase64Url(hash.slice(0, 16));
}

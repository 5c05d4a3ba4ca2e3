// Explains each claim and header member that the provider sends.

/** @type {Record<string, string>} */
const CLAIMS = {
  iss: 'Issuer: the provider that issued this token',
  sub: 'Subject: an identifier of the user that never changes',
  aud: 'Audience: the client or API that this token is for',
  exp: 'Not valid after this time',
  iat: 'Issued at this time',
  nbf: 'Not valid before this time',
  jti: 'The unique id of this token',
  auth_time: 'When the user approved on the phone',
  at_hash: 'Ties the ID token to its access token',
  amr: 'How the phone says it verified the user (RFC 8176)',
  acr: 'How strong the authentication was, by the provider’s policy',
  azp: 'The client the token was issued to',
  client_id: 'The client that asked',
  scope: 'What the client may do',
  sid: 'Session identifier',
  name: 'Full name (scope profile)',
  given_name: 'Given name (scope profile)',
  family_name: 'Family name (scope profile)',
  preferred_username: 'User name (scope profile)',
  picture: 'Picture (scope profile)',
  locale: 'Language (scope profile)',
  zoneinfo: 'Time zone (scope profile)',
  updated_at: 'When the profile last changed',
  email: 'E-mail address (scope email)',
  email_verified: 'Whether the address was verified (scope email)',
  phone_number: 'Phone number (scope phone)',
  phone_number_verified: 'Whether the number was verified (scope phone)',
  'urn:openid:params:jwt:claim:auth_req_id': 'The request this answers (push mode)',
};

/** @type {Record<string, string>} */
const HEADER = {
  alg: 'Signature algorithm',
  kid: 'The id of the key in jwks.json that signed this token',
  typ: 'Kind of token; at+jwt is an access token (RFC 9068)',
};

const INSTANTS = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at']);

/**
 * @param {string} name
 * @param {'header' | 'claims'} part
 */
export function meaningOfClaim(name, part) {
  return (part === 'header' ? HEADER[name] : CLAIMS[name]) ?? 'A claim of this provider or user';
}

/**
 * Formats the value of a claim. An instant gets its local time beside the number.
 * @param {string} name
 * @param {unknown} value
 */
export function readableClaim(name, value) {
  if (INSTANTS.has(name) && typeof value === 'number') {
    return `${value} (${new Date(value * 1000).toLocaleTimeString('en-GB')})`;
  }
  if (Array.isArray(value) && value.every((member) => typeof member === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

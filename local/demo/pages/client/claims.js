// Explains each claim and header member that the provider sends.

/** @type {Record<string, string>} */
const CLAIMS = {
  iss: 'Who issued it. A client accepts only its own provider',
  sub: 'Who the user is: an identifier that never changes, for the client’s records',
  aud: 'For whom it is: this client, or the API. Everybody else refuses it',
  exp: 'Refuse it after this time',
  iat: 'When it was issued',
  nbf: 'Refuse it before this time',
  jti: 'The id of this one token, to find it in logs',
  auth_time: 'When the user approved on the phone, for a client that wants a fresh answer',
  at_hash: 'Ties the access token to this ID token, so that nobody can swap it',
  amr: 'How the phone says it verified the user (RFC 8176); user is a tap',
  acr: 'How strong the authentication was, by the provider’s policy',
  azp: 'The client to which it was issued',
  client_id: 'Which client asked, so that the API knows who calls',
  scope: 'What the API lets the client do',
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

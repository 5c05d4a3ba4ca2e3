// Who is meant by a login hint. The page asks the provider as an operator would; a client cannot.

/**
 * @typedef {object} Person
 * @property {string} sub
 * @property {string} name the full name, or what else names this user
 * @property {boolean} isReported whether this user has reported the client for fraud
 */

/**
 * Finds the user whom a login hint names: an e-mail address, a phone number, a username or a subject identifier.
 * @param {import('./flow/wire.js').Wire} wire
 * @param {string} loginHint
 * @param {string} clientId
 * @returns {Promise<Person | undefined>}
 */
export async function findPerson(wire, loginHint, clientId) {
  const query = new URLSearchParams({ login_hint: loginHint, client_id: clientId });
  const { status, json } = await wire.ask({ from: 'page', to: 'local', path: `/local/person?${query}` });
  if (status !== 200) return undefined;
  const {
    sub,
    name,
    is_reported: isReported,
  } = /** @type {{ sub: string, name?: string, is_reported: boolean }} */ (json);
  return { sub, name: name ?? loginHint, isReported };
}

/**
 * @param {import('./connection.js').SeededUser} user
 */
export function nameOf({ name, login_hint: loginHint }) {
  return name ?? loginHint;
}

/**
 * Returns the name by which people speak of somebody: the first word of a full name.
 * @param {string} name
 */
export function shortName(name) {
  return name.split(' ')[0] || name;
}

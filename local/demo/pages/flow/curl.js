// An exchange as a curl command.

/** @typedef {import('./wire.js').Exchange} Exchange */

/**
 * Writes an exchange as a command for a shell. Undefined for what comes from the provider, which nobody can repeat
 * with curl.
 * @param {Exchange} exchange
 * @param {string} origin
 * @param {string} [authority] the file with the authority of the provider's certificate
 */
export function curlOf({ from, method, path, requestHeaders, requestBody }, origin, authority) {
  if (method === 'PUSH' || from === 'provider') return undefined;
  const lines = [`curl -i${method === 'GET' ? '' : ` -X ${method}`} ${quoted(origin + path)}`];
  if (authority) lines.push(`--cacert ${quoted(authority)}`);
  for (const [name, value] of Object.entries(requestHeaders)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (requestBody) lines.push(`--data-raw ${quoted(requestBody)}`);
  return lines.join(' \\\n  ');
}

/**
 * Says what is secret in a command, and what happens when it is repeated.
 * @param {Exchange} exchange
 */
export function cautionOf({ requestHeaders, requestBody }) {
  const { authorization = '' } = requestHeaders;
  if (authorization.startsWith('Basic ')) {
    return 'It has the secret of a demo client, which exists only on this machine. Never copy a real one like this.';
  }
  if (authorization.startsWith('Device ') || requestBody.startsWith('{"')) {
    return 'The JWT in it lives two minutes, and only this phone can sign another.';
  }
  return 'There is nothing secret in it.';
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// The raw text of an exchange. Nothing is redacted. Long tokens are folded, and open to show their content.

import { element } from '../elements.js';
import { decodeJwt, fromBase64Url, parseJsonBytes } from '../jwt.js';

/**
 * Matches a JWT, base64url of a JSON object (which begins with `{"`), and a Basic credential. The middle of a key may
 * look like the beginning of such an object.
 */
const FOLDABLE = /[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}|(?<![\w-])eyJ[\w-]{40,}|(?<=Basic )[\w+/=]{8,}/g;

/**
 * @param {string} title
 * @param {string} firstLine
 * @param {Record<string, string>} headers
 * @param {string} body
 */
export function rawMessage(title, firstLine, headers, body) {
  const head = [firstLine, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const text = [...head, ...(body ? ['', readable(body)] : [])].join('\n');
  return element('div', { class: 'raw' }, element('h4', {}, title), element('div', { class: 'code' }, ...folded(text)));
}

/**
 * Indents JSON, and puts each member of a form on its own line.
 * @param {string} body
 */
function readable(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body.replaceAll('&', '\n&');
  }
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function folded(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(FOLDABLE)) {
    nodes.push(text.slice(end, match.index), fold(match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** @param {string} token */
function fold(token) {
  const { label, content } = unfolded(token);
  return element(
    'details',
    { class: 'fold' },
    element('summary', {}, `${token.slice(0, 10)}… `, element('span', { class: 'fold-label' }, label)),
    element('div', { class: 'fold-content' }, content),
    element('div', { class: 'fold-raw' }, token),
  );
}

/**
 * @param {string} token
 * @returns {{ label: string, content: string }}
 */
function unfolded(token) {
  const jwt = decodeJwt(token);
  if (jwt) {
    const label = ['JWT', jwt.header['typ'], jwt.header['alg']].filter(Boolean).join(' · ');
    return { label, content: `${JSON.stringify(jwt.header, null, 2)}\n${JSON.stringify(jwt.claims, null, 2)}` };
  }
  try {
    return { label: 'JSON in base64url', content: JSON.stringify(parseJsonBytes(fromBase64Url(token)), null, 2) };
  } catch {
    return basicCredential(token);
  }
}

/** @param {string} token */
function basicCredential(token) {
  try {
    return { label: 'client_id:client_secret in base64', content: atob(token) };
  } catch {
    return { label: 'neither JSON nor a credential', content: token };
  }
}

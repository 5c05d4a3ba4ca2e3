// Checks the client's tokens and shows what is in them.

import { byId, element } from '../elements.js';
import { accessTokenHash, decodeJwt, verifyRs256 } from '../jwt.js';
import { meaningOfClaim, readableClaim } from './claims.js';

/** @typedef {import('./backend.js').Tokens} Tokens */
/**
 * What the client knows before the tokens come. `pushedFor` is its auth_req_id, if they were pushed.
 * @typedef {{ issuer: string, clientId: string, keysPath: string, pushedFor?: string }} Expected
 */
/** @typedef {Record<string, unknown>} Claims */
/** @typedef {{ ok: boolean, text: string }} Check */

/** Binds a pushed ID token to its request (CIBA §10.3.1). */
export const AUTH_REQ_ID_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';

/** Shows the tokens, with one line for each check that a client makes on an ID token (OpenID Connect Core §3.1.3.7). */
export class TokenView {
  /**
   * @param {import('../flow/wire.js').Wire} wire
   */
  constructor(wire) {
    this.wire = wire;
  }

  hide() {
    byId('tokens').hidden = true;
    byId('tokens').removeAttribute('data-verified');
  }

  /**
   * Checks the tokens and shows them. Returns their claims only if every check holds.
   * @param {Tokens} tokens
   * @param {Expected} expected
   * @returns {Promise<{ identity: Claims, access: Claims } | undefined>}
   */
  async show(tokens, expected) {
    const checks = await this.#check(tokens, expected);
    const areGood = checks.every(({ ok }) => ok);
    byId('tokens').dataset['verified'] = String(areGood);
    byId('id-token-checks').replaceChildren(
      ...checks.map(({ ok, text }) =>
        element(
          'li',
          { class: ok ? 'holds' : 'fails' },
          element('b', ok ? { class: 'unseen' } : {}, ok ? 'Holds: ' : 'Fails: '),
          text,
        ),
      ),
    );
    showJwt('id-token', tokens.id_token);
    showJwt('access-token', tokens.access_token);
    const { token_type: type, expires_in: seconds, scope } = tokens;
    const granted = scope ? ` Granted scope: ${scope}.` : '';
    byId('access-token-note').textContent =
      `${type} token for the API, valid for ${Math.round(seconds / 60)} minutes.${granted}`;
    byId('tokens').hidden = false;
    const identity = decodeJwt(tokens.id_token)?.claims ?? {};
    return areGood ? { identity, access: decodeJwt(tokens.access_token)?.claims ?? {} } : undefined;
  }

  /**
   * @param {Tokens} tokens
   * @param {Expected} expected
   * @returns {Promise<Check[]>}
   */
  async #check({ id_token: idToken, access_token: accessToken }, { issuer, clientId, keysPath, pushedFor }) {
    const jwt = decodeJwt(idToken);
    if (!jwt) return [{ ok: false, text: 'the ID token is a JWT' }];
    const { header, claims } = jwt;
    const jwks = await this.wire.ask({ from: 'client', path: keysPath });
    const keys = /** @type {(JsonWebKey & { kid?: string })[]} */ (jwks.json?.['keys'] ?? []);
    const key = keys.find(({ kid }) => kid === header['kid']);
    const signed = key !== undefined && header['alg'] === 'RS256' && (await verifyRs256(idToken, key));
    const now = Date.now() / 1000;
    return [
      {
        ok: signed,
        text: `signature (RS256, key ${String(header['kid']).slice(0, 8)} of jwks.json), checked in this browser`,
      },
      { ok: claims['iss'] === issuer, text: 'iss is the issuer this client trusts' },
      { ok: [claims['aud']].flat().includes(clientId), text: 'aud is this client' },
      { ok: Number(claims['exp']) > now, text: 'exp is in the future' },
      { ok: claims['at_hash'] === (await accessTokenHash(accessToken)), text: 'at_hash matches the access token' },
      ...(pushedFor === undefined
        ? []
        : [{ ok: claims[AUTH_REQ_ID_CLAIM] === pushedFor, text: 'the auth_req_id in it is that of the request' }]),
    ];
  }
}

/**
 * @param {'id-token' | 'access-token'} id
 * @param {string} token
 */
function showJwt(id, token) {
  const jwt = decodeJwt(token);
  byId(`${id}-header`).replaceChildren(...rows(jwt?.header ?? {}, 'header'));
  byId(`${id}-claims`).replaceChildren(...rows(jwt?.claims ?? {}, 'claims'));
  byId(`${id}-raw`).textContent = token;
}

/**
 * @param {Record<string, unknown>} members
 * @param {'header' | 'claims'} part
 */
function rows(members, part) {
  return Object.entries(members).map(([name, value]) =>
    element(
      'div',
      { class: 'claim', 'data-claim': name },
      element('dt', {}, ...breakable(name)),
      element('dd', { class: 'value' }, readableClaim(name, value)),
      element('dd', { class: 'meaning' }, meaningOfClaim(name, part)),
    ),
  );
}

/**
 * Lets a long name break after an underscore or a colon, and nowhere else.
 * @param {string} name
 */
function breakable(name) {
  return name.split(/(?<=[_:])/).flatMap((part) => [part, element('wbr')]);
}

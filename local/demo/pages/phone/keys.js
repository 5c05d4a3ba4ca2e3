// Stores the phone's key pairs and enrolment in IndexedDB, so that it is the same device after a reload.

import { randomText, sha256, toBase64Url } from '../jwt.js';

/**
 * A phone's enrolment at one issuer. The private key cannot be exported, not even by this page.
 * @typedef {object} Enrolment
 * @property {string} issuer
 * @property {string} deviceId
 * @property {string} sub
 * @property {string} pushToken
 * @property {CryptoKey} privateKey
 * @property {CryptoKey} [verificationKey] of a phone with two keys: a real phone opens it only after verifying the person
 */

const STORE = 'enrolments';

/** Makes a P-256 key pair. `extractable: false` affects the private key only. */
export function newKeyPair() {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

/**
 * Returns the public key as a JWK, for the header of the enrolment.
 * @param {CryptoKey} publicKey
 */
export async function publicJwk(publicKey) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty, crv, x, y };
}

/**
 * Returns the thumbprint of a P-256 key (RFC 7638): a hash over its members in alphabetical order.
 * @param {{ kty?: string | undefined, crv?: string | undefined, x?: string | undefined, y?: string | undefined }} jwk
 */
export async function thumbprint({ kty, crv, x, y }) {
  return toBase64Url(await sha256(new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))));
}

/** Makes a push token, which a real app gets from Apple or Google. */
export function newPushToken() {
  return `web-${randomText(24)}`;
}

/**
 * @param {string} issuer
 * @param {string} sub
 * @returns {Promise<Enrolment | undefined>}
 */
export function loadEnrolment(issuer, sub) {
  return inStore('readonly', (store) => store.get([issuer, sub]));
}

/** @param {Enrolment} enrolment */
export function saveEnrolment(enrolment) {
  return inStore('readwrite', (store) => store.put(enrolment));
}

/** @param {Enrolment} enrolment */
export function forgetEnrolment({ issuer, sub }) {
  return inStore('readwrite', (store) => store.delete([issuer, sub]));
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} action
 * @returns {Promise<T>}
 */
async function inStore(mode, action) {
  const database = await openDatabase();
  try {
    return await settled(action(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  const opening = indexedDB.open('ciba-demo-phones', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: ['issuer', 'sub'] });
  return settled(opening);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

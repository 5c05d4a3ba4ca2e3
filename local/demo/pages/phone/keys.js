// What the phone keeps: its key pair and its enrolment, in IndexedDB, so that a reload is the same device.

import { randomText } from '../jwt.js';

/**
 * A phone's enrolment at one issuer. The private key cannot be exported, not even by this page.
 * @typedef {object} Enrolment
 * @property {string} issuer
 * @property {string} loginHint whom the ticket was asked for; only to name the phone's owner on its screen
 * @property {string} deviceId
 * @property {string} sub
 * @property {string} pushToken
 * @property {CryptoKey} privateKey
 */

const STORE = 'enrolments';

/** A new P-256 key pair: `extractable: false` holds for the private key only. */
export function newKeyPair() {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

/**
 * The public key as it goes into the enrolment's header.
 * @param {CryptoKey} publicKey
 */
export async function publicJwk(publicKey) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty, crv, x, y };
}

/** What an app gets from Apple or Google: the address of this phone for pushes. */
export function newPushToken() {
  return `web-${randomText(24)}`;
}

/**
 * @param {string} issuer
 * @returns {Promise<Enrolment | undefined>}
 */
export function loadEnrolment(issuer) {
  return inStore('readonly', (store) => store.get(issuer));
}

/** @param {Enrolment} enrolment */
export function saveEnrolment(enrolment) {
  return inStore('readwrite', (store) => store.put(enrolment));
}

/** @param {string} issuer */
export function forgetEnrolment(issuer) {
  return inStore('readwrite', (store) => store.delete(issuer));
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
  const opening = indexedDB.open('ciba-demo-phone', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'issuer' });
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

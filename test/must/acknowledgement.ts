import type { Requirement } from './requirement.ts';

const NEW_REQUEST = 'provider/flows/asking/request/new-request.ts';
const ANSWER_TEST = {
  file: 'test/flows/asking/request-authentication.test.ts',
  titles: [
    'a client asks a user (CIBA §7)',
    'is answered auth_req_id, expires_in and interval, and nothing else (CIBA §7.3)',
  ],
};
const ENTROPY = 'provider/adapters/entropy.ts';
const ENTROPY_TEST = 'test/adapters/entropy.test.ts';
const AUTH_REQ_ID = 'auth_req_id (CIBA §7.3)';
const EDGE = 'provider/edge/http/endpoint.ts';
const EDGE_TEST = {
  file: 'test/edge/http/endpoint.test.ts',
  titles: ['endpoint: answers', 'sends JSON that nobody may store, with the correlation id (CIBA §7.3)'],
};

/** The successful answer (CIBA §7.3), and what the client does with it (CIBA §7.4). */
export const ACKNOWLEDGEMENT_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.3.A1',
    section: 'CIBA §7.3',
    level: 'MUST',
    says: 'The answer is 200 with JSON that no cache keeps.',
    status: 'held',
    proofs: [
      {
        breaks: { file: 'provider/edge/http/answer.ts', text: 'status: 200, body', broken: 'status: 201, body' },
        test: EDGE_TEST,
      },
      {
        breaks: {
          file: EDGE,
          text: "headers: { 'content-type': 'application/json', ...headers },",
          broken: "headers: { 'content-type': 'text/plain', ...headers },",
        },
        test: EDGE_TEST,
      },
      {
        breaks: {
          file: EDGE,
          text: "const UNSTORED = { 'cache-control': 'no-store',",
          broken: "const UNSTORED = { 'cache-control': 'private',",
        },
        test: EDGE_TEST,
      },
    ],
  },
  {
    id: 'CIBA-7.3.A2',
    section: 'CIBA §7.3',
    level: 'MUST',
    says: '`auth_req_id` is unique, has at least 128 bits of entropy, and has only letters, digits, `.`, `-` and `_`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: ENTROPY,
          text: "secret: () => randomBytes(32).toString('base64url')",
          broken: "secret: () => randomBytes(15).toString('base64url')",
        },
        test: { file: ENTROPY_TEST, titles: [AUTH_REQ_ID, 'has 256 bits, and is never the same'] },
      },
      {
        breaks: {
          file: ENTROPY,
          text: "secret: () => randomBytes(32).toString('base64url')",
          broken: "secret: () => randomBytes(32).toString('base64')",
        },
        test: { file: ENTROPY_TEST, titles: [AUTH_REQ_ID, 'has only letters, digits, dashes and underscores'] },
      },
      {
        breaks: {
          file: 'provider/flows/asking/request-authentication.ts',
          text: 'const authReqId = ports.entropy.secret();',
          broken: 'const authReqId = ports.entropy.id();',
        },
        test: ANSWER_TEST,
      },
    ],
  },
  {
    id: 'CIBA-7.3.A3',
    section: 'CIBA §7.3',
    level: 'MUST',
    says: '`expires_in` is how many seconds the request lives from its receipt.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: NEW_REQUEST,
          text: 'expires_in: expiresInSeconds,',
          broken: 'expires_in: now + expiresInSeconds,',
        },
        test: ANSWER_TEST,
      },
      {
        breaks: {
          file: NEW_REQUEST,
          text: 'expiresAt: now + expiresInSeconds,',
          broken: 'expiresAt: now + expiresInSeconds + 60,',
        },
        test: {
          file: ANSWER_TEST.file,
          titles: [
            'a client asks a user (CIBA §7)',
            'has its request stored under a one-way hash of the auth_req_id, and its first poll is never too fast',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.3.A4',
    section: 'CIBA §7.3',
    level: 'MAY',
    says: '`interval` is how many seconds a client in poll or ping mode waits between polls.',
    status: 'held',
    proofs: [
      {
        breaks: { file: NEW_REQUEST, text: '{ interval: intervalSeconds })', broken: '{ interval: 5 })' },
        test: ANSWER_TEST,
      },
      {
        breaks: {
          file: NEW_REQUEST,
          text: 'firstInterval(expiresInSeconds, ports.settings)',
          broken: 'ports.settings.intervalSeconds',
        },
        test: {
          file: ANSWER_TEST.file,
          titles: [
            'a client asks a user (CIBA §7)',
            'that asks for 259200 seconds gets 259200, and an interval of 120 (CIBA §7.3)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-7.4',
    section: 'CIBA §7.4',
    level: 'MUST',
    says: 'The client checks the answer, keeps `auth_req_id`, and ignores members that it does not know.',
    status: 'not ours',
    because: 'It binds the client.',
  },
];

import type { PublicJwk } from '../../provider/core/keys/jwk.ts';
import { parsePublicKey } from '../../provider/core/keys/public-key.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Finding } from '../doctor/check.ts';
import { EndpointTester } from './endpoint-tester.ts';
import { advertised, type ClientCheck, type Subject } from './subject.ts';
import { UNREACHABLE } from './unreachable.ts';

const SEE = 'docs/admin-api.md#clients';
const KEYED = 'private_key_jwt';

/** Checks the public keys that verify the assertions of the client and its signed requests. */
export const keys: ClientCheck = {
  name: 'Keys',
  async run(subject): Promise<Finding | undefined> {
    const { jwks, jwks_uri } = subject.client;
    const signed = [...assertionAlgorithms(subject), ...requestAlgorithms(subject)];
    if (signed.length === 0) return undefined;
    if (jwks_uri !== undefined) return publishedFinding(subject, jwks_uri);
    return keysFinding(jwks?.keys ?? [], subject, 'Register other keys: ciba client update CLIENT_ID --jwks FILE.');
  },
};

/** The algorithms that assertions of the client may use. None for a client with a secret. */
function assertionAlgorithms(subject: Subject): readonly string[] {
  const { token_endpoint_auth_method: method = KEYED, token_endpoint_auth_signing_alg: only } = subject.client;
  if (method !== KEYED) return [];
  const all = advertised(subject, 'token_endpoint_auth_signing_alg_values_supported').map(String);
  return only === undefined ? all : all.filter((one) => one === only);
}

function requestAlgorithms({ client }: Subject): readonly string[] {
  const { backchannel_authentication_request_signing_alg: algorithm } = client;
  return algorithm === undefined ? [] : [algorithm];
}

/** Lets the provider fetch the keys, because its network and its rules decide whether it gets them. */
async function publishedFinding(subject: Subject, jwksUri: string): Promise<Finding> {
  const { client, deployment } = subject;
  const tester = await EndpointTester.of(deployment);
  if (!tester) {
    const says = 'Not fetched: a function of the provider must fetch them.';
    return { state: 'unknown', says, todo: 'Give --stack, so that it can be called.', see: SEE };
  }
  const report = await tester.fetchKeys(client.client_id);
  if (report.outcome === 'fetched')
    return keysFinding(report.keys, subject, `Publish other keys at ${plainLine(jwksUri)}.`);
  const reason = report.outcome === 'unavailable' ? report.reason : report.outcome;
  const [why, todo] = REASONS[reason] ?? UNREACHABLE[reason] ?? [plainLine(reason), 'Check the address of the keys.'];
  return { state: 'broken', says: `The provider gets no keys from ${plainLine(jwksUri)}: ${why}.`, todo, see: SEE };
}

/** What is wrong with an answer that has no keys, and what the developer of the client does about it. */
const REASONS: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  wrong_status: [
    'it answers with another status than 200, and redirects are not followed',
    'Register the address of the key set itself.',
  ],
  timeout: ['there was no answer within two seconds', 'Publish the keys as a file.'],
  body_too_large: ['it has more than 128 KB', 'Publish only the keys that are in use.'],
  not_json: ['it is no JSON', 'Publish a JWK Set (RFC 7517).'],
  no_key_set: ['it has no list keys', 'Publish a JWK Set (RFC 7517).'],
  too_many_keys: ['it has more than 50 keys', 'Publish only the keys that are in use.'],
  no_client: ['the function does not find the client', 'Look at ciba client show.'],
  no_jwks_uri: ['the function finds no address', 'Look at ciba client show.'],
};

/** Says whether what the client signs can be verified with these keys. Wherever the keys are, they are judged here. */
function keysFinding(found: readonly PublicJwk[], subject: Subject, todo: string): Finding {
  const wanted = [...new Set([...assertionAlgorithms(subject), ...requestAlgorithms(subject)])];
  const usable = found.filter((key) => parsePublicKey(key).ok && wanted.some((one) => fits(key, one)));
  const broken = (says: string): Finding => ({ state: 'broken', says, todo, see: SEE });
  const unclear = (says: string): Finding => ({ state: 'warning', says, todo, see: SEE });
  const has = (algorithms: readonly string[]) => usable.some((key) => algorithms.some((one) => fits(key, one)));
  const why = found.length === 0 ? 'It has none' : `None of ${found.length} is for`;
  const lacks = (algorithms: readonly string[]) =>
    found.length === 0 ? why : `${why} ${algorithms.join(', ') || 'any algorithm of the provider'}`;
  const assertions = assertionAlgorithms(subject);
  if (assertions.length > 0 && !has(assertions))
    return broken(`${lacks(assertions)}: every call of the client is refused.`);
  const requests = requestAlgorithms(subject);
  if (requests.length > 0 && !has(requests)) return broken(`${lacks(requests)}: every signed request is refused.`);
  const ids = usable.map(({ kid }) => kid);
  const twice = ids.find((kid, index) => kid !== undefined && ids.indexOf(kid) !== index);
  if (twice !== undefined)
    return unclear(`Two keys have the kid ${plainLine(twice)}, so an assertion does not say which one signed it.`);
  if (usable.length > 1 && ids.includes(undefined))
    return unclear(`${usable.length} keys, and not all have a kid, so an assertion does not say which one signed it.`);
  const named = usable.map(({ kty, kid }) => (kid === undefined ? kty : `${kty} ${plainLine(kid)}`));
  const fitting = wanted.filter((one) => usable.some((key) => fits(key, one)));
  return { state: 'good', says: `${named.join(', ')}, for ${fitting.join(', ')}.` };
}

function fits({ kty, alg, use }: PublicJwk, algorithm: string): boolean {
  const isOf = (kty === 'EC') === algorithm.startsWith('ES');
  return isOf && (alg === undefined || alg === algorithm) && (use === undefined || use === 'sig');
}

import type { Credential } from '../asking/credential.ts';
import { Refused } from '../command-line/failure.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';
import type { NamedFinding } from '../doctor/examine.ts';
import { DISCOVERY, KEY_SET } from '../doctor/public-document.ts';
import { credential, method, secret } from './authentication-checks.ts';
import { delivery, endpoint } from './delivery-checks.ts';
import { keys } from './key-checks.ts';
import type { ClientCheck, Subject } from './subject.ts';
import { algorithms, audiences, grants, scopes, users } from './token-checks.ts';

/** All checks, in the order of the report. */
const CHECKS: readonly ClientCheck[] = [
  method,
  secret,
  keys,
  credential,
  grants,
  algorithms,
  scopes,
  audiences,
  users,
  delivery,
  endpoint,
];

/** Everything found about a client. */
export type ClientExamination = {
  readonly client: Subject['client'];
  readonly findings: readonly NamedFinding[];
};

/** Runs every check that concerns the client. Throws Refused if there is no such client. */
export async function testClient(
  { api, deployment }: { readonly api: AdminApi; readonly deployment: Deployment },
  clientId: string,
  given: Credential | undefined,
): Promise<ClientExamination> {
  const { body: client } = await api.call('GET /admin/clients/{client_id}', { parameters: { client_id: clientId } });
  const [discovery, keySet] = await Promise.all([read(deployment, DISCOVERY), read(deployment, KEY_SET)]);
  const signingAlgorithms = [keySet['keys']]
    .flat()
    .filter(isJsonObject)
    .map(({ alg }) => alg);
  const now = Date.now() / 1000;
  const subject: Subject = { client, deployment, api, discovery, signingAlgorithms, credential: given, now };
  const found = await Promise.all(CHECKS.map((check) => run(check, subject)));
  return { client, findings: found.filter((finding) => finding !== undefined) };
}

/** Runs one check. A check that gets no answer becomes a finding, and does not end the others. */
async function run(check: ClientCheck, subject: Subject): Promise<NamedFinding | undefined> {
  try {
    const finding = await check.run(subject);
    return finding && { name: check.name, ...finding };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { name: check.name, state: 'unknown', says: plainLine(error.message), todo: error.next };
  }
}

async function read(deployment: Deployment, path: string): Promise<JsonObject> {
  return parseJsonObject(await jsonFromProvider(deployment, path)) ?? {};
}

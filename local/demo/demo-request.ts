import { createInterface } from 'node:readline/promises';
import type * as openid from 'openid-client';
import { postAsClient } from '../../cli/asking/client-post.ts';
import type { Credential } from '../../cli/asking/credential.ts';
import { type OwnRequestEndpoint, tellOwnRequest } from '../../cli/asking/own-request.ts';
import { parseJsonObject } from '../../cli/command-line/json-object.ts';
import { RESEND_PAUSE_SECONDS } from '../../provider/core/asking/resend.ts';
import type { RegisteredClient } from './demo-delivery.ts';
import { say, step } from './demo-steps.ts';
import { Spinner } from './spinner.ts';

/** Milliseconds until the demo phone answers, so that the output shows the client waiting. */
const THINKING_MS = 1500;

/** A request of the demo, and where its phone is. */
export type DemoRequest = {
  readonly url: string;
  readonly config: openid.Configuration;
  readonly client: RegisteredClient;
  readonly authReqId: string;
};

/** Has the phone rung again (docs/resend.md), when the client may. */
export async function ringAgain(request: DemoRequest): Promise<void> {
  step('Nothing came, so the client has the phone rung again', `POST ${addressOf(request, RESEND)}`);
  const pause = new Promise((resolve) => setTimeout(resolve, RESEND_PAUSE_SECONDS * 1000));
  await new Spinner(`it may do that ${RESEND_PAUSE_SECONDS} s after it asked`).during(pause);
  const { expires_in, resends_left } = await tell(request, RESEND);
  say(
    `rung again: the same request, which lives for ${String(expires_in)} s more; ${String(resends_left)} times are left`,
  );
}

/** Takes the request back while the phone rings (docs/withdrawal.md), and shows that an answer comes too late. */
export async function withdraw(request: DemoRequest): Promise<void> {
  step(
    'The phone rings, the caller hangs up, and the client takes its request back',
    `POST ${addressOf(request, WITHDRAWAL)}`,
  );
  await tell(request, WITHDRAWAL);
  say('200: nobody can approve it any more');
  step('The prompt vanishes from the phone, and an answer comes too late', 'device API');
  const late = await decide(request);
  if (late.ok) throw new Error('the phone could approve what the client had withdrawn');
  say(`${late.status} ${late.error}: no phone has the request any more`);
}

/** Approves on the phone, with the number that the client shows, if there is one. Returns what the phone shows then. */
export async function approve(request: DemoRequest, number: string | undefined): Promise<string | undefined> {
  const decided = await decide(request, number);
  if (!decided.ok) throw new Error(`the phone could not answer: ${decided.error}`);
  return decided.number;
}

/** Sends the number that the phone shows, as the user types it where the request began (docs/number-matching.md). */
export async function enterNumber(request: DemoRequest, shown: string | undefined): Promise<void> {
  const endpoint = addressOf(request, NUMBER);
  step('The phone shows a number, and the user types it at the client', `POST ${endpoint}`);
  const number = shown ?? (await typed('The number that the phone shows: '));
  const { config } = request;
  const answer = await postAsClient(
    { config, credential: credentialOf(request), endpoint },
    { auth_req_id: request.authReqId, number },
  );
  if (!answer.ok) throw new Error(`the number was refused: ${await answer.text()}`);
  say(`200: ${number} is right, and the approval counts`);
}

const RESEND = 'backchannel_authentication_resend_endpoint';
const WITHDRAWAL = 'backchannel_authentication_withdrawal_endpoint';
const NUMBER = 'backchannel_authentication_number_endpoint';

function addressOf({ config }: DemoRequest, name: OwnRequestEndpoint | typeof NUMBER): string {
  return String(config.serverMetadata()[name]);
}

const credentialOf = ({ client }: DemoRequest): Credential => ({
  method: 'client_secret_basic',
  secret: client.client_secret,
});

async function tell(request: DemoRequest, name: OwnRequestEndpoint): Promise<Readonly<Record<string, unknown>>> {
  const said = await tellOwnRequest({ ...request, credential: credentialOf(request) }, name);
  if (!said) throw new Error('this provider does not have that');
  if (said.error !== undefined) throw new Error(`${said.error}: ${said.description}`);
  return said.body;
}

/** Answers on the seeded phone, after a moment. */
async function decide({ url, authReqId }: DemoRequest, number?: string) {
  await new Promise((resolve) => setTimeout(resolve, THINKING_MS));
  const query = new URLSearchParams({
    auth_req_id: authReqId,
    action: 'allow',
    ...(number !== undefined && { number }),
  });
  const answer = await fetch(`${url}/local/decide?${query}`, { method: 'POST' });
  const body = parseJsonObject(await answer.text()) ?? {};
  return {
    ok: answer.ok,
    status: answer.status,
    error: String(body['error'] ?? ''),
    number: typeof body['number'] === 'string' ? body['number'] : undefined,
  };
}

async function typed(question: string): Promise<string> {
  const keyboard = createInterface({ input: process.stdin, output: process.stdout });
  return (await keyboard.question(`   ${question}`).finally(() => keyboard.close())).trim();
}

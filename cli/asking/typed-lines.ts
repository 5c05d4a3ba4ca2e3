import { createInterface } from 'node:readline';
import { isJsonObject } from '../command-line/json-object.ts';
import type { Say } from '../command-line/steps.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { postAsClient } from './client-post.ts';
import { type OwnRequest, tellOwnRequest } from './own-request.ts';

/** The line that has the phones rung again. */
const RING = 'r';

/**
 * Reads lines of standard input while a request waits, and says what the provider answers. `r` has the phones rung again
 * (docs/resend.md). If the client enters numbers, every other line is one (docs/number-matching.md). Returns the function
 * that stops this.
 */
export function readTypedLines(request: OwnRequest, entersNumbers: boolean, say: Say): () => void {
  if (entersNumbers) say('   Type the number that the phone shows after the approval:');
  else say(`   Nothing came? ${RING} and Enter rings the phone again.`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const typed = line.trim();
    if (!entersNumbers && typed !== RING) return;
    const answer = typed === RING ? ringAgain(request) : enter(request, typed);
    answer.then(say, () => say('   The provider did not answer. Type it again.'));
  });
  return () => lines.close();
}

async function ringAgain(request: OwnRequest): Promise<string> {
  const said = await tellOwnRequest(request, 'backchannel_authentication_resend_endpoint');
  if (!said) return '   This provider rings nobody again.';
  const { error, description, retryAfterSeconds, body } = said;
  if (error === undefined) return `   Rung again. ${Number(body['resends_left'])} more times are left.`;
  const later = retryAfterSeconds === undefined ? '' : ` Try again in ${retryAfterSeconds} s.`;
  return `   Not rung again: ${error}. ${description}${later}`;
}

async function enter({ authReqId, config, credential }: OwnRequest, number: string): Promise<string> {
  if (!/^[0-9]{2}$/.test(number)) return '   A number has two digits.';
  const endpoint = config.serverMetadata()['backchannel_authentication_number_endpoint'];
  if (typeof endpoint !== 'string') return '   This provider takes no numbers.';
  const answer = await postAsClient({ config, credential, endpoint }, { auth_req_id: authReqId, number });
  if (answer.ok) return '   The number is right.';
  const refusal: unknown = await answer.json().catch(() => undefined);
  const { error = `http_${answer.status}`, error_description = '' } = isJsonObject(refusal) ? refusal : {};
  return plainLine(`   ${String(error)}. ${String(error_description)}`);
}

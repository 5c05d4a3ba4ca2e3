import { createInterface } from 'node:readline';
import type { Configuration } from 'openid-client';
import { isJsonObject } from '../command-line/json-object.ts';
import { type Say, sayStep } from '../command-line/steps.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { postAsClient } from './client-post.ts';
import type { Credential } from './credential.ts';

/** A request whose number the client enters (docs/number-matching.md), and how the client proves who it is. */
type Awaited = { readonly authReqId: string; readonly config: Configuration; readonly credential: Credential };

/**
 * Sends each line of standard input as a number, and says what the provider answers. Returns the function that stops this.
 */
export function enterNumbers(request: Awaited, say: Say = sayStep): () => void {
  say('   Type the number that the phone shows after the approval:');
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    enter(request, line.trim()).then(say, () => say('   The provider did not answer. Type the number again.'));
  });
  return () => lines.close();
}

async function enter({ authReqId, config, credential }: Awaited, number: string): Promise<string> {
  if (!/^[0-9]{2}$/.test(number)) return '   A number has two digits.';
  const endpoint = config.serverMetadata()['backchannel_authentication_number_endpoint'];
  if (typeof endpoint !== 'string') return '   This provider takes no numbers.';
  const answer = await postAsClient({ config, credential, endpoint }, { auth_req_id: authReqId, number });
  if (answer.ok) return '   The number is right.';
  const refusal: unknown = await answer.json().catch(() => undefined);
  const { error = `http_${answer.status}`, error_description = '' } = isJsonObject(refusal) ? refusal : {};
  return plainLine(`   ${String(error)}. ${String(error_description)}`);
}

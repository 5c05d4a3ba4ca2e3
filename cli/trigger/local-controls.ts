import * as v from 'valibot';
import type { FaultName } from '../../local/aws/faults.ts';
import { Refused } from '../command-line/failure.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { answerFrom } from '../deployment/provider-answer.ts';
import { callProvider } from '../deployment/provider-call.ts';

const begun = v.object({ id: v.string() });

/** The routes with which the local runtime fails on command (docs/local.md, "Routes that exist only here"). */
export class LocalControls {
  readonly #deployment: Deployment;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** Throws unless a local provider with these routes runs there. */
  async checkThere(): Promise<void> {
    const { origin } = this.#deployment;
    const response = await callProvider(this.#deployment, '/local/faults');
    if (response.ok) return;
    if (response.status === 503)
      throw new Refused(`${origin} is still starting.`, 'Run the command again when it says that it is ready.');
    throw new Refused(
      `${origin} has no routes for trials, so this scenario cannot be made there.`,
      'Start a provider of this version with ciba up.',
    );
  }

  /** Lets AWS fail in calls about these ids, at most for so long. Returns the id of the fault. */
  async beginFault(fault: FaultName, about: readonly string[], seconds: number): Promise<string> {
    const answer = await this.#post('/local/faults', { fault, about, seconds });
    return v.parse(begun, JSON.parse(answer)).id;
  }

  async endFault(id: string): Promise<void> {
    await callProvider(this.#deployment, `/local/faults?id=${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /** Rotates the signing keys, or revokes one. */
  async changeKeys(order: { readonly action: 'rotate' } | { readonly action: 'revoke'; readonly kid: string }) {
    await this.#post('/local/keys', order);
  }

  async #post(path: string, body: unknown): Promise<string> {
    const response = await callProvider(this.#deployment, path, { method: 'POST', body: JSON.stringify(body) });
    return answerFrom(response, this.#deployment);
  }
}

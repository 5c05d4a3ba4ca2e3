import type { Client } from '../../../core/client/client.ts';
import type { Entropy, Settings } from '../../ports.ts';
import type { OpenQuestions, OpenRequests } from '../ports.ts';
import type { Askable } from './new-request.ts';

/** What these steps need. */
type OpeningPorts = {
  readonly openRequests: OpenRequests;
  readonly openQuestions: OpenQuestions;
  readonly entropy: Entropy;
  readonly settings: Settings;
};

/** What an attempt opened, and what it met: another request of the client, or another question of the user. */
type OpenAttempt = Pick<Askable, 'opened' | 'question'> & {
  readonly openSeconds: number;
  readonly meetsAnother: boolean;
};

/**
 * Opens what the settings ask for: the only request of the client with this user, and the question beside which others
 * need a message. The synthetic login asks nobody who could confuse two questions.
 */
export async function openAttempt(
  { openRequests, openQuestions, entropy, settings }: OpeningPorts,
  { client, sub, expiresAt }: { client: Client; sub: string; expiresAt: number },
  now: number,
): Promise<OpenAttempt> {
  const request = { sub, clientId: client.clientId, expiresAt };
  const only = settings.hasOneOpenRequest ? request : undefined;
  const isAsked = settings.needsMessageWhileOpen && !client.isSynthetic;
  const question = isAsked ? { ...request, id: entropy.id() } : undefined;
  const [openSeconds, meetsAnother] = await Promise.all([
    only ? openRequests.open(only, now) : 0,
    question ? openQuestions.add(question, now) : false,
  ]);
  return { openSeconds, meetsAnother, opened: openSeconds === 0 ? only : undefined, question };
}

/** Closes what an attempt opened, because no phone rings. */
export async function closeAttempt(
  { openRequests, openQuestions }: Pick<OpeningPorts, 'openRequests' | 'openQuestions'>,
  { opened, question }: Partial<Pick<Askable, 'opened' | 'question'>>,
): Promise<void> {
  await Promise.all([opened && openRequests.close(opened), question && openQuestions.remove(question)]);
}

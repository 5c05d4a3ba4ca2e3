import type { OpenRequest } from '../ports.ts';
import type { AttemptToOpen, OpenAttempt, Opened, OpeningPorts, SilentOpeningPorts } from './open-request.ts';

/** Opens what the settings ask for. Its code is loaded where they ask for something: by default nothing is opened. */
export async function openAttempt(ports: OpeningPorts, attempt: AttemptToOpen, now: number): Promise<OpenAttempt> {
  const { hasOneOpenRequest, needsMessageWhileOpen } = ports.settings;
  if (!hasOneOpenRequest && !needsMessageWhileOpen)
    return { openSeconds: 0, meetsAnother: false, opened: undefined, question: undefined };
  const { openRequest } = await import('./open-request.ts');
  return openRequest(ports, attempt, now);
}

/** Lets what is open for a reported client take the place of what the attempt opened. By default nothing is open. */
export async function openSilently(
  ports: SilentOpeningPorts,
  attempt: Opened,
  silent: Pick<OpenRequest, 'requestId' | 'expiresAt'>,
): Promise<Opened> {
  if (!attempt.opened && !attempt.question) return attempt;
  const { replaceSilently } = await import('./open-request.ts');
  return replaceSilently(ports, attempt, silent);
}

/** Closes what an attempt opened, because no phone rings. */
export async function closeAttempt(
  { openRequests, openQuestions }: Pick<OpeningPorts, 'openRequests' | 'openQuestions'>,
  { opened, question }: Partial<Opened>,
): Promise<void> {
  await Promise.all([opened && openRequests.close(opened), question && openQuestions.remove(question)]);
}

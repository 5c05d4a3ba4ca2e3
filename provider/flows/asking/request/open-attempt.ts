import type { Askable } from './new-request.ts';
import type { AttemptToOpen, OpenAttempt, OpeningPorts } from './open-request.ts';

/** Opens what the settings ask for. Its code is loaded where they ask for something: by default nothing is opened. */
export async function openAttempt(ports: OpeningPorts, attempt: AttemptToOpen, now: number): Promise<OpenAttempt> {
  const { hasOneOpenRequest, needsMessageWhileOpen } = ports.settings;
  if (!hasOneOpenRequest && !needsMessageWhileOpen)
    return { openSeconds: 0, meetsAnother: false, opened: undefined, question: undefined };
  const { openRequest } = await import('./open-request.ts');
  return openRequest(ports, attempt, now);
}

/** Closes what an attempt opened, because no phone rings. */
export async function closeAttempt(
  { openRequests, openQuestions }: Pick<OpeningPorts, 'openRequests' | 'openQuestions'>,
  { opened, question }: Partial<Pick<Askable, 'opened' | 'question'>>,
): Promise<void> {
  await Promise.all([opened && openRequests.close(opened), question && openQuestions.remove(question)]);
}

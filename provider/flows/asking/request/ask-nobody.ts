import { type Concealed, nobodyNamed } from '../../../core/asking/concealment.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Announcements } from '../../notifying/ports.ts';
import type { Clock, Entropy, Note, Settings } from '../../ports.ts';
import type { AuthenticationRequests } from '../ports.ts';
import { announceInstead } from './announce-instead.ts';
import { type Askable, type AuthenticationRequestAcknowledgement, draftRequest } from './new-request.ts';

/** What this step needs. */
export type AskNobodyPorts = {
  readonly requests: AuthenticationRequests;
  readonly announcements: Announcements;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};

/**
 * Answers a client that named somebody who is not asked, where users are concealed. The client gets the same answer as
 * ever. No phone rings, the request is in no phone's list, and it expires. What is stored names nobody, also where a
 * person was meant.
 */
export async function askNobody(
  ports: AskNobodyPorts,
  attempt: Pick<Askable, 'client' | 'wanted' | 'askedAt'> & { readonly refusal: Concealed },
  call: { readonly correlationId: string; readonly note: Note },
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { refusal, wanted } = attempt;
  call.note({ concealed: refusal.reason, detail: 'because' in refusal ? refusal.because : undefined });
  const target = { user: nobodyNamed(wanted.hint) };
  const { request, notification, acknowledgement } = draftRequest(ports, { ...attempt, target }, call.note);
  await ports.requests.createSilent({ request: { ...request, isConcealed: true }, notification });
  const { requestId, clientId } = request;
  const { correlationId } = call;
  const announced = await announceInstead(ports, { requestId, clientId, correlationId });
  return announced.ok ? ok(acknowledgement) : announced;
}

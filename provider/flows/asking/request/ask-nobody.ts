import { type Concealed, nobodyNamed } from '../../../core/asking/concealment.ts';
import { isLongLived } from '../../../core/asking/rate-window.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Announcements } from '../../notifying/ports.ts';
import type { Clock, Entropy, Note, Settings } from '../../ports.ts';
import type { AuthenticationRequests, RateWindows } from '../ports.ts';
import { announceInstead, announceReminder } from './announce-instead.ts';
import { type Askable, type AuthenticationRequestAcknowledgement, draftRequest } from './new-request.ts';

/** What this step needs. */
export type AskNobodyPorts = {
  readonly requests: AuthenticationRequests;
  readonly announcements: Announcements;
  readonly rateWindows: Pick<RateWindows, 'giveBack'>;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};

/** An attempt that the client is not told to have failed. */
export type UnaskedAttempt = Pick<Askable, 'client' | 'wanted' | 'authReqId' | 'askedAt'> & {
  readonly refusal: Concealed;
  /** The user for whom the attempt is still counted, and when it was. */
  readonly counted?: { readonly sub: string; readonly at: number } | undefined;
};

/**
 * Answers a client that named somebody who is not asked, where users are concealed. The client gets the same answer as
 * ever. No phone rings, the request is in no phone's list, and it expires. What is stored names nobody, also where a
 * person was meant. It takes as many writes at a time as a request that is asked: in place of the details it gives the
 * attempt back, also where none was counted.
 */
export async function askNobody(
  ports: AskNobodyPorts,
  attempt: UnaskedAttempt,
  call: { readonly correlationId: string; readonly note: Note },
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { refusal, wanted, askedAt } = attempt;
  call.note({ concealed: refusal.reason, detail: 'because' in refusal ? refusal.because : undefined });
  const nobody = nobodyNamed(wanted.hint);
  const { counted = { sub: nobody.sub, at: askedAt } } = attempt;
  const target = { user: nobody };
  const { request, notification, acknowledgement } = draftRequest(ports, { ...attempt, target }, call.note);
  await Promise.all([
    ports.requests.createSilent({ request: { ...request, isConcealed: true }, notification }),
    ports.rateWindows.giveBack({ sub: counted.sub, isLong: isLongLived(wanted.expiresInSeconds) }, counted.at),
  ]);
  const { requestId } = request;
  const { client } = attempt;
  const { correlationId } = call;
  const [announced] = await Promise.all([
    announceInstead(ports, { client, requestId, correlationId }),
    announceReminder(ports, { ...call, request }),
  ]);
  return announced.ok ? ok(acknowledgement) : announced;
}

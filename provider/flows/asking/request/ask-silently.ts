import { isLongLived } from '../../../core/asking/rate-window.ts';
import { type SilentlyAsked, silentCorrelationId, silentDenialAt } from '../../../core/asking/silent-denial.ts';
import type { ClientBlock } from '../../../core/person/client-block.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { SilentDenials } from '../../person/ports.ts';
import type { Note } from '../../ports.ts';
import type { OpenQuestions, OpenRequests, RateWindows } from '../ports.ts';
import { announceInstead, announceReminder } from './announce-instead.ts';
import { type AskNobodyPorts, askNobody } from './ask-nobody.ts';
import { type Askable, type AuthenticationRequestAcknowledgement, draftRequest } from './new-request.ts';
import { closeAttempt, openSilently } from './open-attempt.ts';

/** What this step needs. */
export type AskSilentlyPorts = AskNobodyPorts & {
  readonly rateWindows: RateWindows;
  readonly openRequests: OpenRequests;
  readonly openQuestions: OpenQuestions;
  readonly silentDenials: SilentDenials;
};

/**
 * Answers a client that this user reported for fraud. The client gets the same answer as ever, but no phone rings, and
 * the request is in no phone's list. What is stored of it names nobody but to who has the `auth_req_id`, because an
 * erasure of the person could not find it. After as long as a person takes, the client hears that the user denied. It meets the
 * same limits and pauses as a client whose requests are denied, and SNS has to accept one message here too. The message
 * makes `client-notification` look at the request when it counts as denied.
 */
export async function askSilently(
  ports: AskSilentlyPorts,
  askable: Askable & { readonly block: ClientBlock },
  call: { readonly correlationId: string; readonly note: Note },
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { client, target, block, authReqId } = askable;
  const nobody = { sub: ports.entropy.id(), profileId: ports.entropy.id() };
  const drafted = draftRequest(ports, { ...askable, target: { user: nobody } }, call.note);
  const { request: facts, notification, acknowledgement } = drafted;
  const request = { ...facts, deniedFrom: silentDenialAt(facts, block, ports.entropy.fraction()) };
  const { requestId, deniedFrom } = request;
  const sealed = { asked: openedBy(ports, askable), authReqId };
  call.note({ reported: true });
  const [counted] = await Promise.all([
    countSilently(ports, askable),
    ports.requests.createSilent({ request, notification, sealed }),
  ]);
  if (counted?.allowed === false) return refuseLimited(ports, { ...askable, ...counted }, call);
  const correlationId = silentCorrelationId(call.correlationId, ports.entropy.id());
  const { mark } = sealed.asked;
  const [announced, silent] = await Promise.all([
    announceInstead(ports, { client, requestId, correlationId }),
    openSilently(ports, askable, { requestId: mark, expiresAt: deniedFrom }),
    announceReminder(ports, { request, correlationId, note: call.note }),
    ports.settings.denialPause &&
      ports.silentDenials.recordSilentDenial({
        owner: target.user,
        client,
        mark,
        at: deniedFrom,
        before: block.deniedAt,
        now: request.issuedAt,
      }),
  ]);
  if (!announced.ok) await closeAttempt(ports, silent);
  return announced.ok ? ok(acknowledgement) : announced;
}

/** Refuses what is over the limit, as for every other client: what the attempt opened is closed, and no denial counts. */
async function refuseLimited(
  ports: AskSilentlyPorts,
  { retryAfterSeconds, ...askable }: Askable & { readonly retryAfterSeconds: number },
  call: { readonly correlationId: string; readonly note: Note },
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  await closeAttempt(ports, askable);
  const refusal = { reason: 'user_rate_limited', retryAfterSeconds } as const;
  const unasked = { ...askable, authReqId: ports.entropy.secret(), refusal };
  return ports.settings.concealsUsers ? askNobody(ports, unasked, call) : refuse(refusal);
}

/** What a withdrawal of the request is to close. */
function openedBy({ entropy }: AskSilentlyPorts, { target, opened, question }: Askable): SilentlyAsked {
  const { sub, profileId } = target.user;
  return { sub, profileId, mark: entropy.id(), isOnlyOne: opened && true, questionId: question?.id };
}

/** Counts the attempt for this client alone, so that it uses up no limit of the user. */
async function countSilently({ settings, rateWindows }: AskSilentlyPorts, askable: Askable) {
  const { client, target, wanted, countedAt } = askable;
  if (!settings.userLimits || countedAt === undefined) return undefined;
  const attempt = { sub: target.user.sub, isLong: isLongLived(wanted.expiresInSeconds) };
  const [counted] = await Promise.all([
    rateWindows.countSilently({ ...attempt, clientId: client.clientId }, settings.userLimits, countedAt),
    rateWindows.giveBack(attempt, countedAt),
  ]);
  return counted;
}

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
    ports.settings.denialPause &&
      ports.silentDenials.recordSilentDenial({
        owner: target.user,
        client,
        mark: sealed.asked.mark,
        at: deniedFrom,
        before: block.deniedAt,
        now: request.issuedAt,
      }),
  ]);
  if (counted?.allowed === false) {
    const refusal = { reason: 'user_rate_limited', retryAfterSeconds: counted.retryAfterSeconds } as const;
    const unasked = { ...askable, authReqId: ports.entropy.secret(), refusal };
    return ports.settings.concealsUsers ? askNobody(ports, unasked, call) : refuse(refusal);
  }
  await endWithDenial(ports, askable, { expiresAt: deniedFrom, mark: sealed.asked.mark });
  const correlationId = silentCorrelationId(call.correlationId, ports.entropy.id());
  const [announced] = await Promise.all([
    announceInstead(ports, { client, requestId, correlationId }),
    announceReminder(ports, { request, correlationId, note: call.note }),
  ]);
  return announced.ok ? ok(acknowledgement) : announced;
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

/**
 * The request is open until its client hears of the denial, and as a question for this client alone. Until then the
 * client is told of the same end as for every request.
 */
async function endWithDenial(
  { openRequests, openQuestions, clock }: AskSilentlyPorts,
  { opened, question }: Askable,
  { expiresAt, mark: requestId }: { readonly expiresAt: number; readonly mark: string },
) {
  if (opened) await openRequests.close(opened);
  if (opened) await openRequests.open({ ...opened, requestId, expiresAt, toldUntil: opened.expiresAt }, clock());
  if (question) await openQuestions.remove(question);
  if (question) await openQuestions.add({ ...question, expiresAt, isSilent: true }, clock());
}

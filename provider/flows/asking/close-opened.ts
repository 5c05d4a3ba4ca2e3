import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { SilentDenialEnds } from '../person/ports.ts';
import type { Settings } from '../ports.ts';
import type { OpenedRequest, OpenQuestions, OpenRequests, WithdrawableRequests } from './ports.ts';

/** What this step needs. */
export type CloseOpenedPorts = {
  readonly openRequests: Pick<OpenRequests, 'close'>;
  readonly openQuestions: Pick<OpenQuestions, 'remove'>;
  readonly silentDenialEnds: SilentDenialEnds;
  readonly settings: Settings;
};

/**
 * Closes what a request opened, when it ends without a decision. Then it no longer counts as open, and no other request
 * needs a message because of it. A request of a reported client counts as open until it counts as denied, and its denial
 * is taken back: the client must not notice that it was reported. For every other request the same write is made, and
 * finds nothing to take back, so that the time does not tell either. All writes are made at once.
 */
export function closeOpened(
  { openRequests, openQuestions, silentDenialEnds, settings }: CloseOpenedPorts,
  { requestId, sub, profileId, clientId, registrationId, expiresAt, deniedFrom }: RequestFacts,
  { details, silently }: OpenedRequest,
): readonly (Promise<unknown> | false | undefined)[] {
  const { isOnlyOne, questionId: id } = { ...details, ...silently };
  const owner = silently ?? { sub, profileId };
  const mark = silently?.mark ?? requestId;
  const opened = { sub: owner.sub, clientId };
  const client = { clientId, registrationId };
  return [
    isOnlyOne && openRequests.close({ ...opened, requestId: mark }),
    id !== undefined && openQuestions.remove({ ...opened, expiresAt: deniedFrom ?? expiresAt, id }),
    settings.denialPause && silentDenialEnds.takeBack({ owner, client, mark }),
  ];
}

/**
 * Closes what a request opened that has ended. A function may break off between the end and this, so it is done again
 * when the client repeats its call. What was closed before stays so. If it fails, the request has ended all the same.
 */
export async function closeEnded(
  ports: CloseOpenedPorts & { readonly withdrawable: Pick<WithdrawableRequests, 'findOpened'> },
  request: RequestFacts,
  authReqId: string,
): Promise<void> {
  const ids = { requestId: request.requestId, authReqId };
  const [found] = await Promise.allSettled([ports.withdrawable.findOpened(request, ids)]);
  if (found.status === 'fulfilled') await Promise.allSettled(closeOpened(ports, request, found.value));
}

import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { SilentDenials } from '../person/ports.ts';
import type { Settings } from '../ports.ts';
import type { OpenedRequest, OpenQuestions, OpenRequests } from './ports.ts';

/** What this step needs. */
export type CloseOpenedPorts = {
  readonly openRequests: Pick<OpenRequests, 'close'>;
  readonly openQuestions: Pick<OpenQuestions, 'remove'>;
  readonly silentDenials: Pick<SilentDenials, 'takeBackSilentDenial'>;
  readonly settings: Settings;
};

/**
 * Closes what a request opened, when it ends without a decision. Then it no longer counts as open, and no other request
 * needs a message because of it. A request of a reported client counts as open until it counts as denied, and its denial
 * is taken back: the client must not notice that it was reported. For every other request the same write is made, and
 * finds nothing to take back, so that the time does not tell either. All writes are made at once.
 */
export function closeOpened(
  { openRequests, openQuestions, silentDenials, settings }: CloseOpenedPorts,
  { requestId, sub, profileId, clientId, registrationId, expiresAt, deniedFrom }: RequestFacts,
  { details, silently }: OpenedRequest,
): readonly (Promise<unknown> | false | undefined)[] {
  const { isOnlyOne, questionId: id } = { ...details, ...silently };
  const owner = silently ?? { sub, profileId };
  const opened = { sub: owner.sub, clientId, expiresAt: deniedFrom ?? expiresAt };
  const denial = { owner, client: { clientId, registrationId }, mark: silently?.mark ?? requestId };
  return [
    isOnlyOne && openRequests.close(opened),
    id !== undefined && openQuestions.remove({ ...opened, id }),
    settings.denialPause && silentDenials.takeBackSilentDenial(denial),
  ];
}

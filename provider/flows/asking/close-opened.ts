import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { SilentDenials } from '../person/ports.ts';
import type { OpenedRequest, OpenQuestions, OpenRequests } from './ports.ts';

/** What this step needs. */
export type CloseOpenedPorts = {
  readonly openRequests: Pick<OpenRequests, 'close'>;
  readonly openQuestions: Pick<OpenQuestions, 'remove'>;
  readonly silentDenials: Pick<SilentDenials, 'takeBackSilentDenial'>;
};

/**
 * Closes what a request opened, when it ends without a decision. Then it no longer counts as open, and no other request
 * needs a message because of it. A request of a reported client counts as open until it counts as denied, and its denial
 * is taken back: the client must not notice that it was reported.
 */
export function closeOpened(
  { openRequests, openQuestions, silentDenials }: CloseOpenedPorts,
  { sub, clientId, registrationId, expiresAt, deniedFrom }: RequestFacts,
  { details, silently }: OpenedRequest,
): readonly (Promise<unknown> | false | undefined)[] {
  const { isOnlyOne, questionId: id } = { ...details, ...silently };
  const opened = { sub: silently?.sub ?? sub, clientId, expiresAt: deniedFrom ?? expiresAt };
  const client = { clientId, registrationId };
  return [
    isOnlyOne && openRequests.close(opened),
    id !== undefined && openQuestions.remove({ ...opened, id }),
    silently?.isDenialCounted && silentDenials.takeBackSilentDenial({ owner: silently, client, at: deniedFrom ?? 0 }),
  ];
}

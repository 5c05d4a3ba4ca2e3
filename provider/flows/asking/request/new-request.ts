import type { Asked } from '../../../core/asking/asked.ts';
import type { BackchannelRequest } from '../../../core/asking/backchannel-request.ts';
import type { LoginHint } from '../../../core/asking/hint.ts';
import type { Client } from '../../../core/client/client.ts';
import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { firstInterval } from '../../../core/deciding/interval.ts';
import { requestIdOf, txnOf } from '../../../core/digest.ts';
import type { ClientBlock } from '../../../core/person/client-block.ts';
import type { Owner, UserWithDevices } from '../../../core/person/user.ts';
import type { Whole } from '../../../core/whole.ts';
import type { NotificationAddress } from '../../notifying/ports.ts';
import type { Clock, Entropy, Note, Settings } from '../../ports.ts';
import type { OpenRequest, QuestionTo } from '../ports.ts';

/** The refusal while SNS is out. The client may try again after so many seconds. */
export const PUSH_OUT = { reason: 'push_unavailable', retryAfterSeconds: 5 } as const;

/** The parameters of a request whose hint was verified, if it was a token. */
export type Wanted = Omit<BackchannelRequest, 'hint'> & { readonly hint: LoginHint };

/** A request that the client may put to the user. */
export type Askable = {
  readonly client: Client;
  readonly wanted: Wanted;
  /** What the client calls the request, if it is asked or seems to be. */
  readonly authReqId: string;
  readonly asked: Whole<Asked>;
  readonly target: UserWithDevices;
  /** What the user's denials did to the client. */
  readonly block: ClientBlock | undefined;
  /** When the client asked. What the attempt opened ends with a request that was made at this instant. */
  readonly askedAt: number;
  /** When the attempt was counted for the user. Undefined where limits are switched off. */
  readonly countedAt: number | undefined;
  /** What the attempt opened, where a client may have one request open with each user. */
  readonly opened: OpenRequest | undefined;
  /** The question that the attempt added, where a client must send a message while another one is open. */
  readonly question: QuestionTo | undefined;
};

/** The successful answer (CIBA §7.3). */
export type AuthenticationRequestAcknowledgement = {
  readonly auth_req_id: string;
  readonly expires_in: number;
  /** Absent for a client in push mode, which does not poll. */
  readonly interval?: number;
  /** The number that the client shows, if the phone has to enter it. Nobody else is told it. */
  readonly number?: string;
};

/** What a request is made of. */
type Drafted = Pick<Askable, 'client' | 'wanted' | 'authReqId' | 'askedAt'> & {
  readonly target: { readonly user: Owner };
};

/** A request with a new id, before it is stored. */
export type DraftRequest = {
  readonly request: RequestFacts;
  readonly notification: NotificationAddress | undefined;
  /** The number in the acknowledgement. It is stored only if somebody is asked: otherwise nothing matches it. */
  readonly number: string | undefined;
  /** What the client is told if the request is asked. */
  readonly acknowledgement: AuthenticationRequestAcknowledgement;
};

/** Makes a request of its `auth_req_id`, which is new, and names it in the log line. */
export function draftRequest(
  ports: { readonly entropy: Entropy; readonly clock: Clock; readonly settings: Settings },
  { client, wanted, authReqId, target: { user }, askedAt: now }: Drafted,
  note: Note,
): DraftRequest {
  const { expiresInSeconds, notificationToken: token } = wanted;
  const intervalSeconds = firstInterval(expiresInSeconds, ports.settings);
  const requestId = requestIdOf(authReqId);
  note({ txn: txnOf(requestId) });
  const request = {
    requestId,
    clientId: client.clientId,
    registrationId: client.registrationId,
    sub: user.sub,
    profileId: user.profileId,
    issuedAt: now,
    expiresAt: now + expiresInSeconds,
    intervalSeconds,
    nextPollAt: 0,
    numberMatching: client.numberMatching,
  };
  const number = client.numberMatching === 'phone_enters' ? ports.entropy.twoDigits() : undefined;
  const notification = token === undefined ? undefined : { token, authReqId };
  const acknowledgement = {
    auth_req_id: authReqId,
    expires_in: expiresInSeconds,
    ...(client.deliveryMode !== 'push' && { interval: intervalSeconds }),
    ...(number !== undefined && { number }),
  };
  return { request, notification, number, acknowledgement };
}

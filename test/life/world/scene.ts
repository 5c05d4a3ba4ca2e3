import type { NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { NAMES } from '../../core/given.ts';

/** What differs between the deployments in which runs are played. */
export type Scene = {
  /** Who has to enter a number for the requests of each client. */
  readonly numbers: readonly (NumberMatching | undefined)[];
  /** Whether clients get the same answers for people whom they may not or cannot ask. */
  readonly isConcealing: boolean;
  /** Whether a client pauses after a denial. */
  readonly hasPauses: boolean;
  /** Whether Ben has a user code. */
  readonly hasUserCode: boolean;
  /** Whether a client may have only one request open with each person. */
  readonly hasOneOpenRequest: boolean;
};

/** For how long a client pauses after the first denial, in seconds. */
export const FIRST_PAUSE_SECONDS = 40;
/** How long an access token lives. */
export const ACCESS_TOKEN_SECONDS = 900;
/** How many wrong user codes a client may send for a person within a day. */
export const WRONG_USER_CODES = 1;

/** The settings of a run: the limits are near, so that runs meet them. */
export function settingsOf({ isConcealing, hasPauses, hasOneOpenRequest }: Scene): Settings {
  return {
    ...NAMES,
    expiry: { default: 120, limit: 7200 },
    intervalSeconds: 5,
    userLimits: USER_LIMITS,
    lifetimes: { idTokenSeconds: 3600, accessTokenSeconds: ACCESS_TOKEN_SECONDS },
    acrPolicy: [],
    ticketLifetimeSeconds: 600,
    rotation: { rotateAfterSeconds: 1, publishBeforeUseSeconds: 1, retireForSeconds: 1, keepPublicForSeconds: 1 },
    auditOutage: 'refuse',
    clientLimits: { requestsPerMinute: undefined, unknownUsers: undefined },
    wrongUserCodes: WRONG_USER_CODES,
    ...(hasPauses && { denialPause: { firstSeconds: FIRST_PAUSE_SECONDS, longestSeconds: 600 } }),
    blocksReported: true,
    hasOneOpenRequest,
    concealsUsers: isConcealing,
    needsMessageWhileOpen: false,
    reminds: true,
  };
}

/** How often a person may be rung. */
export const USER_LIMITS = { perMinute: 3, perHour: 6, longPerDay: 2 };

/** The story begins with what is not as everywhere. */
export function wordsOfScene({ numbers, ...scene }: Scene, clientNames: readonly string[]): readonly string[] {
  const matched = numbers.flatMap((who, index) => {
    const by = who === 'phone_enters' ? 'on the phone, before the approval' : 'at the client, after the approval';
    return who === undefined ? [] : [`A number is entered for ${clientNames[index]}: ${by}.`];
  });
  return [
    ...matched,
    ...(scene.isConcealing ? ['Users are concealed.'] : []),
    ...(scene.hasPauses ? ['A client pauses after a denial.'] : []),
    ...(scene.hasUserCode ? ['Ben has a user code.'] : []),
    ...(scene.hasOneOpenRequest ? ['A client may have one request open with each person.'] : []),
  ];
}
